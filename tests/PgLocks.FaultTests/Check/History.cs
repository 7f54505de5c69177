using PgLocks.FaultTests.Traffic;

namespace PgLocks.FaultTests.Check;

/// <summary>What all workers wrote, in the order of time, and what was done to them. An hour of it is some millions of entries: nothing here looks at all of them twice.</summary>
internal sealed class History
{
    private const int MostLines = 60;
    private static readonly TimeSpan Near = TimeSpan.FromSeconds(2);

    /// <summary>A pool that stalls for longer stands for itself, and does not say that the process had no processor.</summary>
    private static readonly TimeSpan MostStalled = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<string, Entry[]> _byWhat;
    private readonly Dictionary<int, Entry[]> _pauses;
    private readonly Dictionary<int, Entry[]> _stalls;

    internal History(Entry[] entries, IReadOnlyList<Injection> injections, IReadOnlyDictionary<int, long> deaths)
    {
        Entries = entries;
        Injections = injections;
        Deaths = deaths;
        _byWhat = entries.GroupBy(entry => entry.What).ToDictionary(kind => kind.Key, kind => kind.ToArray());
        _pauses = ByWorker(Happening.Paused);
        _stalls = ByWorker(Happening.Stalled);
        SentinelLosses = [.. Of(Happening.Left).Where(entry => TrafficKeys.IsSentinel(entry.Key) && entry.Text == Happening.Lost)];
        GrantsBySlot = Of(Happening.Granted).Where(entry => entry.Key < TrafficKeys.Shared).GroupBy(entry => TrafficKeys.SlotOf(entry.Key)).ToDictionary(slot => slot.Key, slot => slot.ToArray());
    }

    /// <summary>Keys that a process held as long as it could, and lost.</summary>
    internal Entry[] SentinelLosses { get; }

    internal IReadOnlyList<Entry> Entries { get; }

    internal IReadOnlyList<Injection> Injections { get; }

    /// <summary>By worker that was killed, when.</summary>
    internal IReadOnlyDictionary<int, long> Deaths { get; }

    /// <summary>Of the slots that all seats share.</summary>
    internal IReadOnlyDictionary<int, Entry[]> GrantsBySlot { get; }

    internal static History Read(string folder, IReadOnlyList<Injection> injections, IReadOnlyDictionary<int, long> deaths)
    {
        var entries = new List<Entry>();
        var parser = new EntryParser();
        foreach (var path in Directory.EnumerateFiles(folder, "worker-*.log"))
        {
            var worker = int.Parse(Path.GetFileNameWithoutExtension(path)["worker-".Length..], System.Globalization.CultureInfo.InvariantCulture);
            entries.AddRange(File.ReadLines(path).Select(line => parser.Parse(line, worker)).OfType<Entry>());
        }
        entries.Sort(static (one, other) => one.At.CompareTo(other.At));
        return new History([.. entries], injections, deaths);
    }

    internal IReadOnlyList<Entry> Of(string what) => _byWhat.GetValueOrDefault(what, []);

    private Dictionary<int, Entry[]> ByWorker(string what) => Of(what).GroupBy(entry => entry.Worker).ToDictionary(worker => worker.Key, worker => worker.ToArray());

    /// <summary>Whether the worker stood still at some time between the two, as it noticed afterwards.</summary>
    internal bool WasPaused(int worker, long from, long to)
    {
        var pauses = _pauses.GetValueOrDefault(worker, []);
        // Pauses of one process follow each other: of those that ended late enough, the first began first.
        var first = FirstAt(pauses, from);
        return first < pauses.Length && pauses[first].Number <= to;
    }

    /// <summary>That time, or, if the worker stood still then, when it went on.</summary>
    internal long AwakeAt(int worker, long at)
    {
        var pauses = _pauses.GetValueOrDefault(worker, []);
        var next = FirstAt(pauses, at);
        return next < pauses.Length && pauses[next].Number <= at ? pauses[next].At : at;
    }

    /// <summary>
    /// Whether the worker stood still at that time, or had run timers for no longer than <paramref name="awake"/> since it went on, and did so past the deadline.
    /// One that goes on where others are waiting for a processor gets its first only now and then.
    /// </summary>
    internal bool Overslept(int worker, long at, TimeSpan awake, long deadline)
    {
        var pauses = _pauses.GetValueOrDefault(worker, []);
        for (var i = FirstAt(pauses, deadline); i < pauses.Length && pauses[i].Number <= at; i++)
        {
            var wentOn = Math.Min(pauses[i].At, at);
            var stalled = Math.Min(StalledMilliseconds(worker, wentOn, at), MostStalled.TotalMilliseconds);
            if (Times.Milliseconds(wentOn, at) - stalled <= awake.TotalMilliseconds)
                return true;
        }
        return false;
    }

    /// <summary>For how much of the time between the two the worker's thread pool ran no timer, perhaps because the whole process stood still.</summary>
    internal double StalledMilliseconds(int worker, long from, long to)
    {
        var stalls = _stalls.GetValueOrDefault(worker, []);
        var sum = 0.0;
        for (var i = FirstAt(stalls, from); i < stalls.Length && stalls[i].Number < to; i++)
            sum += Times.Milliseconds(Math.Max(stalls[i].Number, from), Math.Min(stalls[i].At, to));
        return sum;
    }

    /// <summary>Index of the first entry that was written then or later.</summary>
    internal static int FirstAt(Entry[] entries, long at)
    {
        var (low, high) = (0, entries.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = entries[middle].At < at ? (middle + 1, high) : (low, middle);
        }
        return low;
    }

    /// <summary>What happened to the key around a violation.</summary>
    internal IEnumerable<Entry> Around(Violation violation) => Entries
        .Where(entry => entry.Key == violation.Key || entry.Key < 0)
        .Where(entry => violation.At == 0 || Math.Abs(Times.Milliseconds(violation.At, entry.At)) < Near.TotalMilliseconds)
        .TakeLast(MostLines);
}
