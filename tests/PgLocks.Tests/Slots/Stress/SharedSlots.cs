using System.Collections.Concurrent;
using PgLocks.Slots;

namespace PgLocks.Tests.Slots.Stress;

/// <summary>A server for several instances on real threads: slow by a random little, each instance's requests in their order, grants on any thread.</summary>
internal sealed class SharedSlots(int slots) : IDisposable
{
    private readonly Lock _sync = new();
    private readonly SlowBackend?[] _owners = new SlowBackend?[slots];
    private readonly Queue<SlowBackend>[] _lines = [.. Enumerable.Range(0, slots).Select(_ => new Queue<SlowBackend>())];
    private readonly long[] _numbers = new long[slots];
    private readonly List<SlowBackend> _backends = [];

    internal SlowBackend Join(ISlotEvents events)
    {
        var backend = new SlowBackend(this, events);
        _backends.Add(backend);
        return backend;
    }

    public void Dispose() => _backends.ForEach(backend => backend.Dispose());

    /// <summary>The number of the gain; null when another owns the slot, for which the caller then stands in line.</summary>
    internal long? TryGain(SlowBackend backend, int slot)
    {
        lock (_sync)
        {
            if (_owners[slot] is not null)
                return null;
            _owners[slot] = backend;
            return _numbers[slot] += 1;
        }
    }

    internal void StandInLine(SlowBackend backend, int slot)
    {
        lock (_sync)
            _lines[slot].Enqueue(backend);
        HandOn(slot);
        Ask(backend, slot);
    }

    internal void Ask(SlowBackend backend, int slot)
    {
        foreach (var other in _backends.Where(other => other != backend))
            ThreadPool.QueueUserWorkItem(_ => other.Events.Asked(slot));
    }

    internal void Release(SlowBackend backend, int slot)
    {
        lock (_sync)
        {
            Assert.Same(backend, _owners[slot]);
            _owners[slot] = null;
            _numbers[slot]++;
        }
        HandOn(slot);
    }

    private void HandOn(int slot)
    {
        SlowBackend? next;
        long number;
        lock (_sync)
        {
            if (_owners[slot] is not null || !_lines[slot].TryDequeue(out next))
                return;
            _owners[slot] = next;
            number = _numbers[slot] += 1;
        }
        next.Post(() => next.Events.Gained(slot, next.Session, number, unclean: false, sentAt: 0));
    }
}

/// <summary>One instance's thread to the server.</summary>
internal sealed class SlowBackend : ISlotBackend, IDisposable
{
    private readonly SharedSlots _server;
    private readonly BlockingCollection<Action> _posted = [];
    private readonly Thread _thread;

    internal SlowBackend(SharedSlots server, ISlotEvents events)
    {
        _server = server;
        Events = events;
        Session.TryRenew(long.MaxValue, 0);
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    internal ISlotEvents Events { get; }

    internal SessionLease Session { get; } = new("home");

    public void Gain(int slot) => Post(() =>
    {
        if (_server.TryGain(this, slot) is { } number)
            Events.Gained(slot, Session, number, unclean: false, sentAt: 0);
        else if (Events.Blocked(slot, sentAt: 0))
            _server.StandInLine(this, slot);
    });

    public bool TryGainInLine(int slot)
    {
        bool isIdle = Random.Shared.Next(2) == 0;
        if (isIdle)
            Gain(slot);
        return isIdle;
    }

    public void Release(int slot, SessionLease owner, bool urgent) => Post(() =>
    {
        _server.Release(this, slot);
        Events.Released(slot);
    });

    public void Ask(IReadOnlyCollection<int> slots)
    {
        foreach (var slot in slots)
            _server.Ask(this, slot);
    }

    public void DrawNumbers(int slot, SessionLease owner)
    {
    }

    public void Dispose()
    {
        _posted.CompleteAdding();
        _thread.Join();
        _posted.Dispose();
    }

    internal void Post(Action action) => _posted.Add(action);

    private void Run()
    {
        foreach (var action in _posted.GetConsumingEnumerable())
        {
            Thread.SpinWait(Random.Shared.Next(4000));
            action();
        }
    }
}
