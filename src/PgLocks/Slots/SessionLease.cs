using System.Diagnostics.CodeAnalysis;

namespace PgLocks.Slots;

/// <summary>Being alive: one session's proof that the server still keeps its locks, good until a deadline.</summary>
/// <remarks>
/// <code>
/// Alive → Alive   the session's own thread: an answer came, the deadline moves to send time + LeaseDuration
/// Alive → Lost    anyone: the deadline has passed, or the session broke; final
/// </code>
/// The deadline only moves while alive, and a lost lease's deadline lies before all time, so one comparison tells both.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "A token source without a timer needs no disposal, and leases hand its token out beyond any owner's life.")]
internal sealed class SessionLease(string role, long opensAt = long.MinValue)
{
    /// <summary>Why a session is lost at its deadline.</summary>
    internal const string Overdue = "the server was not heard of within LeaseDuration";

    private readonly CancellationTokenSource _lost = new();
    private readonly Lock _sync = new();
    private long _deadline = long.MinValue;
    private bool _isLost;

    /// <summary>Which session, for messages: <c>home</c> or <c>waiter</c>.</summary>
    internal string Role { get; } = role;

    /// <summary>Before that no slot grants under it: the server is so young that owners of its last life may not know yet of its end.</summary>
    internal long OpensAt { get; } = opensAt;

    internal long Deadline => Volatile.Read(ref _deadline);

    internal bool IsLost => Volatile.Read(ref _isLost);

    internal string? LostReason { get; private set; }

    internal CancellationToken LostToken => _lost.Token;

    internal bool IsProvenAt(long now) => now < Deadline;

    /// <summary>Moves the deadline; false when the session is lost or the answer came too late to prove anything.</summary>
    internal bool TryRenew(long deadline, long now)
    {
        lock (_sync)
        {
            if (_isLost || now >= deadline || (_deadline != long.MinValue && now >= _deadline))
                return false;
            Volatile.Write(ref _deadline, Math.Max(_deadline, deadline));
            return true;
        }
    }

    /// <summary>Ends the lease; true for the one call that did. Users' callbacks run on the thread pool, never on a session's thread.</summary>
    internal bool TryLose(string reason)
    {
        lock (_sync)
        {
            if (_isLost)
                return false;
            LostReason = reason;
            Volatile.Write(ref _deadline, long.MinValue);
            Volatile.Write(ref _isLost, true);
        }
        _ = _lost.CancelAsync();
        return true;
    }
}
