using PgLocks.FaultTests.Traffic;

namespace PgLocks.FaultTests.Check;

/// <summary>What all workers wrote, in the order of time, and what was done to them.</summary>
internal sealed class History(IReadOnlyList<Entry> entries, IReadOnlyList<Injection> injections, IReadOnlyDictionary<int, long> deaths)
{
    private const int MostLines = 60;
    private static readonly TimeSpan Near = TimeSpan.FromSeconds(2);

    internal IReadOnlyList<Entry> Entries { get; } = entries;

    internal IReadOnlyList<Injection> Injections { get; } = injections;

    /// <summary>By worker, from when to when it stood still, as it noticed afterwards.</summary>
    internal ILookup<int, (long From, long To)> Pauses { get; } =
        entries.Where(entry => entry.What == Happening.Paused).ToLookup(entry => entry.Worker, entry => (entry.Number, entry.At));

    /// <summary>By worker that was killed, when.</summary>
    internal IReadOnlyDictionary<int, long> Deaths { get; } = deaths;

    internal static History Read(string folder, IReadOnlyList<Injection> injections, IReadOnlyDictionary<int, long> deaths)
    {
        var entries = from path in Directory.EnumerateFiles(folder, "worker-*.log")
                      let worker = int.Parse(Path.GetFileNameWithoutExtension(path)["worker-".Length..], System.Globalization.CultureInfo.InvariantCulture)
                      from line in File.ReadLines(path)
                      let entry = Entry.Parse(line, worker)
                      where entry is not null
                      select entry;
        return new History([.. entries.OrderBy(entry => entry.At)], injections, deaths);
    }

    internal IEnumerable<Entry> Of(string what) => Entries.Where(entry => entry.What == what);

    /// <summary>Whether the worker stood still at some time between the two.</summary>
    internal bool WasPaused(int worker, long from, long to) => Pauses[worker].Any(pause => pause.From <= to && pause.To >= from);

    /// <summary>What happened to the key around a violation.</summary>
    internal IEnumerable<Entry> Around(Violation violation) => Entries
        .Where(entry => entry.Key == violation.Key || entry.Key < 0)
        .Where(entry => violation.At == 0 || Math.Abs(Times.Milliseconds(violation.At, entry.At)) < Near.TotalMilliseconds)
        .TakeLast(MostLines);
}
