using PgLocks.Slots;

namespace PgLocks.Tests.Slots.Model;

/// <summary>What PostgreSQL does for slots: one owner a slot, a line in order of arrival, a sequence a slot, and silent sessions are ended.</summary>
internal sealed class ModelServer(int slots, long leaseTicks)
{
    private readonly ModelSession?[] _owners = new ModelSession?[slots];
    private readonly List<ModelSession>[] _lines = [.. Enumerable.Range(0, slots).Select(_ => new List<ModelSession>())];
    private readonly long[] _numbers = new long[slots];
    private readonly HashSet<ModelSession> _alive = [];

    internal long Now { get; private set; }

    internal IEnumerable<ModelSession> Alive => _alive;

    internal ModelSession Connect(string role, long now)
    {
        var session = new ModelSession(role) { LastHeard = now };
        _alive.Add(session);
        return session;
    }

    internal bool IsAlive(ModelSession session) => _alive.Contains(session);

    internal bool Owns(ModelSession session, int slot) => _owners[slot] == session;

    internal bool HasLine(int slot) => _lines[slot].Count > 0;

    internal bool IsOwned(int slot) => _owners[slot] is not null;

    internal bool TryLock(ModelSession session, int slot)
    {
        if (_owners[slot] is not null)
            return false;
        _owners[slot] = session;
        return true;
    }

    internal void StandInLine(ModelSession session, int slot)
    {
        if (!TryLock(session, slot))
            _lines[slot].Add(session);
    }

    internal void LeaveLine(ModelSession session, int slot) => _lines[slot].Remove(session);

    /// <summary>The number drawn at a gain; negative when the last owner died owning.</summary>
    internal long DrawGain(int slot) => ++_numbers[slot] % 2 == 0 ? -++_numbers[slot] : _numbers[slot];

    internal void Release(ModelSession session, int slot)
    {
        Assert.Same(session, _owners[slot]);
        _numbers[slot]++;
        HandOn(slot);
    }

    /// <summary>The session is ended: its locks are there for others at once.</summary>
    internal void End(ModelSession session)
    {
        _alive.Remove(session);
        for (var slot = 0; slot < _owners.Length; slot++)
        {
            _lines[slot].Remove(session);
            if (_owners[slot] == session)
                HandOn(slot);
        }
    }

    /// <summary>Ends every session that was silent for too long; one that waits in line is not silent.</summary>
    internal void EndSilent(long now)
    {
        Now = now;
        foreach (var session in _alive.Where(session => now - session.LastHeard >= leaseTicks && !_lines.Any(line => line.Contains(session))).ToArray())
            End(session);
    }

    private void HandOn(int slot)
    {
        _owners[slot] = _lines[slot].FirstOrDefault();
        if (_owners[slot] is { } next)
        {
            _lines[slot].RemoveAt(0);
            next.LastHeard = Now;
        }
    }
}

/// <summary>One session, as server and instance see it.</summary>
internal sealed class ModelSession(string role)
{
    internal string Role { get; } = role;

    internal SessionLease Lease { get; } = new(role);

    internal long LastHeard { get; set; }

    /// <summary>For a waiter: whether its grant was reported to its instance.</summary>
    internal bool IsReported { get; set; }
}
