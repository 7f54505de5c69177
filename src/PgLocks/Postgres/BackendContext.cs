using Microsoft.Extensions.Logging;
using PgLocks.Slots;

namespace PgLocks.Postgres;

/// <summary>What the sessions of one instance share.</summary>
internal sealed record BackendContext(
    PgLocksOptions Options, Connections Connections, Space Space, TimeProvider Time, Agenda Agenda, ILogger Log, Action<SessionOpened> Opened, RoundTrips RoundTrips)
{
    internal ServerYouth Youth { get; } = new(Options.LockDelay);

    internal long Ticks(TimeSpan span) => (long)(span.TotalSeconds * Time.TimestampFrequency);

    internal int MillisecondsUntil(long due) =>
        (int)Math.Clamp((due - Time.GetTimestamp()) * 1000.0 / Time.TimestampFrequency + 0.999, 0, int.MaxValue);
}

/// <summary>A session of the instance was opened; the registry makes it known to SQL.</summary>
internal sealed record SessionOpened(int BackendPid, DateTime BackendStart, string Role);
