using PgLocks.Slots;

namespace PgLocks.Tests.Slots.Model;

/// <summary>An instance's sessions, slowed down to one step at a time: nothing is sent, granted or noticed before the schedule says so.</summary>
internal sealed class ModelBackend(ModelWorld world, int instance, int slots) : ISlotBackend
{
    private readonly Queue<(Operation Kind, SessionLease? Owner)>[] _posted =
        [.. Enumerable.Range(0, slots).Select(_ => new Queue<(Operation, SessionLease?)>())];
    private readonly ModelSession?[] _waiters = new ModelSession?[slots];
    private ModelSession? _home;
    private bool _hasIdleWaiter;

    private enum Operation
    {
        Gain,
        GainInLine,
        Release,
        Draw,
    }

    internal bool IsPartitioned { get; set; }

    private SlotPool Slots => world.Instances[instance].Slots;

    private ModelServer Server => world.Server;

    public void Gain(int slot) => _posted[slot].Enqueue((Operation.Gain, null));

    /// <summary>Every other time a waiter session is idle.</summary>
    public bool TryGainInLine(int slot)
    {
        Assert.Empty(_posted[slot]);
        _hasIdleWaiter = !_hasIdleWaiter && _waiters[slot] is null;
        if (_hasIdleWaiter)
            _posted[slot].Enqueue((Operation.GainInLine, null));
        return _hasIdleWaiter;
    }

    public void Release(int slot, SessionLease owner, bool urgent) => _posted[slot].Enqueue((Operation.Release, owner));

    public void Ask(IReadOnlyCollection<int> slots)
    {
        foreach (var slot in slots)
            world.Ask(instance, slot);
    }

    public void DrawNumbers(int slot, SessionLease owner) => _posted[slot].Enqueue((Operation.Draw, owner));

    /// <summary>Whether the backend owes an answer about this slot.</summary>
    internal bool Owes(int slot) => _posted[slot].Count > 0 || (_waiters[slot] is { IsReported: false } waiter && (!Server.IsAlive(waiter) || Server.Owns(waiter, slot)));

    internal bool IsInLine(int slot) => _waiters[slot] is { IsReported: false };

    /// <summary>Carries out the next thing posted for a slot.</summary>
    internal void Carry(int slot)
    {
        if (_posted[slot].Count == 0 || IsPartitioned)
            return;
        var (kind, owner) = _posted[slot].Peek();
        if (kind == Operation.Gain)
        {
            // As the backend does: a gain is held back until the waiter that still owns the slot has released it.
            if (_waiters[slot] is null && Home() is { } home && TryGain(home, slot))
                _posted[slot].Dequeue();
            return;
        }
        _posted[slot].Dequeue();
        if (kind == Operation.GainInLine)
        {
            TryGainOrAsk(slot);
            return;
        }
        var session = _home?.Lease == owner ? _home : _waiters[slot]?.Lease == owner ? _waiters[slot] : null;
        if (session is not null && Prove(session))
        {
            if (kind == Operation.Release)
                Server.Release(session, slot);
            else
                Slots.NumbersDrawn(slot, session.Lease, newest: 0);
        }
        if (kind == Operation.Release)
        {
            if (_waiters[slot] is { } waiter && waiter == session)
                Leave(waiter, slot);
            Slots.Released(slot);
        }
    }

    /// <summary>A waiter session notices what became of it.</summary>
    internal void Notice(int slot)
    {
        if (_waiters[slot] is not { } waiter || IsPartitioned)
            return;
        if (waiter.IsReported)
        {
            if (!Server.IsAlive(waiter) || waiter.Lease.IsLost)
            {
                Lose(waiter, slot);
                Slots.Released(slot);
            }
        }
        else if (!Server.IsAlive(waiter))
        {
            _waiters[slot] = null;
            Slots.Unreachable(slot, new IOException("the waiter session broke"));
            Wait(slot);
        }
        else if (Server.Owns(waiter, slot))
        {
            Report(waiter, slot);
        }
    }

    /// <summary>The longest wait is over: out of the line, and in again if the slot is still wanted.</summary>
    internal void GiveUp(int slot)
    {
        if (_waiters[slot] is not { IsReported: false } waiter || IsPartitioned || Server.Owns(waiter, slot))
            return;
        _waiters[slot] = null;
        Server.End(waiter);
        Wait(slot);
    }

    internal void Beat()
    {
        if (IsPartitioned)
            return;
        if (_home is { } home)
            Prove(home);
        for (var slot = 0; slot < slots; slot++)
        {
            if (_waiters[slot] is { IsReported: true } waiter)
                Prove(waiter);
        }
    }

    /// <summary>Home, as far as it can be had.</summary>
    private ModelSession? Home()
    {
        if (_home is { } home && !Prove(home))
            return null;
        if (_home is null)
        {
            _home = Server.Connect("home", world.Now);
            Prove(_home);
            Watch(_home, null);
        }
        return _home;
    }

    private bool TryGain(ModelSession home, int slot)
    {
        if (Server.TryLock(home, slot))
            Report(home, slot);
        else
            Wait(slot);
        return true;
    }

    private void TryGainOrAsk(int slot)
    {
        var waiter = Server.Connect("waiter", world.Now);
        if (Server.TryLock(waiter, slot))
        {
            _waiters[slot] = waiter;
            Report(waiter, slot);
            return;
        }
        Server.End(waiter);
        world.Ask(instance, slot);
        Wait(slot);
    }

    private void Wait(int slot)
    {
        if (!Slots.Blocked(slot, sentAt: 0))
            return;
        _waiters[slot] = Server.Connect("waiter", world.Now);
        Server.StandInLine(_waiters[slot]!, slot);
        world.Ask(instance, slot);
    }

    private void Report(ModelSession session, int slot)
    {
        var number = Server.DrawGain(slot);
        session.IsReported = true;
        if (session != _home)
        {
            Prove(session);
            Watch(session, slot);
        }
        world.Invariants.Gained(instance, slot, unclean: number < 0);
        Slots.Gained(slot, session.Lease, Math.Abs(number), unclean: number < 0, sentAt: 0);
    }

    /// <summary>A round trip: the server answers, or the session is lost.</summary>
    private bool Prove(ModelSession session)
    {
        if (Server.IsAlive(session) && session.Lease.TryRenew(world.Now + world.LeaseTicks, world.Now))
        {
            session.LastHeard = world.Now;
            return true;
        }
        Lose(session, Array.IndexOf(_waiters, session));
        return false;
    }

    private void Lose(ModelSession session, int slot)
    {
        if (_home == session)
            _home = null;
        if (slot >= 0 && _waiters[slot] == session)
            _waiters[slot] = null;
        session.Lease.TryLose("the session broke");
        Slots.Lost(session.Lease);
        // Behind a partition the server learns nothing: it ends the session in its own time.
        if (!IsPartitioned)
            Server.End(session);
    }

    private void Leave(ModelSession waiter, int slot)
    {
        _waiters[slot] = null;
        Server.End(waiter);
    }

    private void Watch(ModelSession session, int? slot) => Slots.Agenda.At(session.Lease.Deadline, () =>
    {
        if (session.Lease.IsLost)
            return;
        if (session.Lease.IsProvenAt(world.Now))
            Watch(session, slot);
        else if (session.Lease.TryLose(SessionLease.Overdue))
            Slots.Lost(session.Lease);
    });
}
