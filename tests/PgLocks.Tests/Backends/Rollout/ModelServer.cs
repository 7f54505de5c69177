using Microsoft.Extensions.Time.Testing;
using PgLocks.Backends.Rollout;

namespace PgLocks.Tests.Backends.Rollout;

/// <summary>The space's row and the table of processes, by the rules of rollout.sql.</summary>
internal sealed class ModelServer(FakeTimeProvider time)
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);
    public static readonly TimeSpan ServerLease = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(0.5);

    private readonly Dictionary<int, Row> _rows = [];
    private int _mostNew;
    private int _leastBoth;

    public RolloutState State { get; private set; }

    /// <summary>Those who hold the rollout up.</summary>
    public IEnumerable<int> Behind => _rows.Where(row => IsLive(row.Value) && row.Value.Acknowledged != State.Generation).Select(row => row.Key);

    public object Join(int process)
    {
        _rows[process] = new Row(new object(), time.GetUtcNow(), null);
        return _rows[process].Session!;
    }

    /// <summary>Null where the session has ended.</summary>
    public RolloutState? Confirm(int process, object session, long? acknowledged)
    {
        if (!_rows.TryGetValue(process, out var row) || row.Session != session)
            return null;
        _rows[process] = row with { ConfirmedAt = time.GetUtcNow(), Acknowledged = acknowledged };
        return State;
    }

    public void EndSession(int process)
    {
        if (_rows.TryGetValue(process, out var row))
            _rows[process] = row with { Session = null };
    }

    public void EndSilentSessions()
    {
        foreach (var (process, row) in _rows.Where(row => time.GetUtcNow() - row.Value.ConfirmedAt >= ServerLease).ToList())
            _rows[process] = row with { Session = null };
    }

    public bool TryChange(int newPercent, int bothPercent)
    {
        var (mostNew, leastBoth) = Behind.Any() ? (_mostNew, _leastBoth) : (State.NewPercent, State.BothPercent);
        if (newPercent > leastBoth || bothPercent < mostNew)
            return false;
        State = new RolloutState(State.Generation + 1, newPercent, bothPercent);
        (_mostNew, _leastBoth) = (Math.Max(mostNew, newPercent), Math.Min(leastBoth, bothPercent));
        return true;
    }

    private bool IsLive(Row row) => row.Session is not null || time.GetUtcNow() < row.ConfirmedAt + Lease + Margin;

    private sealed record Row(object? Session, DateTimeOffset ConfirmedAt, long? Acknowledged);
}
