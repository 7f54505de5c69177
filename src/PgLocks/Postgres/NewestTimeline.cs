using Npgsql;

namespace PgLocks.Postgres;

/// <summary>
/// The newest timeline on which an instance has met its server. A promotion begins one, and the primary before it may live on: what that grants, the new one
/// does not know of.
/// </summary>
internal sealed class NewestTimeline
{
    private readonly Lock _sync = new();
    private long _newest;

    /// <summary>Notes the timeline of a server that was met, or is still worked with.</summary>
    /// <exception cref="PgLockException">A newer one is known.</exception>
    internal void Check(NpgsqlConnection connection, long timeline)
    {
        if (timeline == Volatile.Read(ref _newest))
            return;
        lock (_sync)
        {
            if (timeline < _newest)
            {
                throw new PgLockException(
                    $"{connection.Host}:{connection.Port} is an older primary: it is on timeline {timeline}, and this instance has met its successor on timeline {_newest}. Locks there exclude nobody any more. "
                    + "Shut it down, or lead the connections to the new primary. If the older one was restored from a backup on purpose, restart the process.", isTransient: true);
            }
            Volatile.Write(ref _newest, timeline);
        }
    }
}
