using PgLocks.FaultTests.Check;

namespace PgLocks.FaultTests;

/// <summary>What the lanes of one run did and saw.</summary>
internal sealed class RunLog(Action<string> say)
{
    private readonly Lock _sync = new();
    private readonly List<Injection> _injections = [];
    private readonly List<Violation> _violations = [];
    private readonly List<string> _stuck = [];
    private readonly List<string> _missed = [];

    internal IReadOnlyList<Injection> Injections => Copy(_injections);

    internal IReadOnlyList<Violation> Violations => Copy(_violations);

    /// <summary>Processes that did nothing more although everything around them worked.</summary>
    internal IReadOnlyList<string> Stuck => Copy(_stuck);

    /// <summary>Faults that could not be injected, and why.</summary>
    internal IReadOnlyList<string> Missed => Copy(_missed);

    internal void Say(string line) => say(line);

    internal void Add(Injection injection) => Add(_injections, injection);

    internal void Add(Violation violation) => Add(_violations, violation);

    internal void AddStuck(string what) => Add(_stuck, what);

    internal void AddMissed(string what) => Add(_missed, what);

    private void Add<T>(List<T> list, T item)
    {
        lock (_sync)
            list.Add(item);
    }

    private T[] Copy<T>(List<T> list)
    {
        lock (_sync)
            return [.. list];
    }
}
