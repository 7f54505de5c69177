namespace PgLocks.AdminTool.Seeding;

/// <summary>What is to be made up.</summary>
/// <param name="Days">How many days, up to now.</param>
/// <param name="Keys">How many keys; each has a row an interval.</param>
/// <param name="Interval">Of a row.</param>
/// <param name="Instances">How many processes the rows are of.</param>
/// <param name="Seed">The same seed, the same figures.</param>
/// <param name="Now">The end, before it is rounded down to an interval.</param>
internal sealed record SeedPlan(int Days, int Keys, TimeSpan Interval, int Instances, int Seed, DateTime Now)
{
    public DateTime End { get; } = new(Now.Ticks - (Now.Ticks % Interval.Ticks), DateTimeKind.Utc);

    public DateTime Start => End - TimeSpan.FromDays(Days);

    public int Slices => (int)((End - Start) / Interval);

    /// <summary>The starts of all intervals; first one of each day, by which the upkeep makes the days, so that no row has to move later.</summary>
    public IEnumerable<DateTime> Starts
    {
        get
        {
            var all = Enumerable.Range(0, Slices).Select(slice => Start + (slice * Interval)).ToList();
            var first = all.GroupBy(start => start.Date).Select(day => day.First()).ToHashSet();
            return [.. first.Order(), .. all.Where(start => !first.Contains(start))];
        }
    }

    /// <summary>How many of <see cref="Starts"/> come before the days are made.</summary>
    public int FirstOfDays => (End.AddTicks(-1).Date - Start.Date).Days + 1;

    public Random RandomOf(DateTime start) => new(unchecked((Seed * 397) ^ (int)(start.Ticks / TimeSpan.TicksPerSecond)));
}
