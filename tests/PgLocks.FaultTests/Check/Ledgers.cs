namespace PgLocks.FaultTests.Check;

/// <summary>One row of the increments.</summary>
internal sealed record Increment(int Key, long Value, long Token, long Section);

/// <summary>What an instance says of itself in the database.</summary>
internal sealed record InstanceRow(Guid Id, long Recorded, long Dropped, bool IsClosed);

/// <summary>What the database has after the run.</summary>
internal sealed record Ledgers(IReadOnlyDictionary<int, long> Counters, IReadOnlyList<Increment> Increments, IReadOnlyList<InstanceRow> Instances)
{
    internal static async Task<Ledgers> ReadAsync(Arena arena)
    {
        var counters = await arena.ColumnAsync<long[]>("SELECT ARRAY[key, value] FROM counters");
        var increments = await arena.ColumnAsync<long[]>("SELECT ARRAY[key, value, token, section] FROM increments");
        var instances = await arena.ColumnAsync<string>("SELECT concat_ws(' ', instance_id, recorded, dropped, closed_at IS NOT NULL) FROM pglocks.instances");
        return new Ledgers(
            counters.ToDictionary(row => (int)row[0], row => row[1]),
            [.. increments.Select(row => new Increment((int)row[0], row[1], row[2], row[3]))],
            [.. instances.Select(row => row.Split(' ')).Select(row => new InstanceRow(Guid.Parse(row[0]), Number(row[1]), Number(row[2]), row[3] == "t"))]);
    }

    private static long Number(string text) => long.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
