using Microsoft.Extensions.Logging;

namespace PgLocks;

/// <summary>Everything that PgLocks logs.</summary>
internal static partial class Messages
{
    [LoggerMessage(1, LogLevel.Information, "PgLocks instance {InstanceId} started in space '{Space}' ({PoolSize} slots) on {Host}:{Port}/{Database}.")]
    internal static partial void Started(ILogger log, Guid instanceId, string space, int poolSize, string? host, int port, string? database);

    [LoggerMessage(2, LogLevel.Information, "PgLocks instance {InstanceId} closed; {Held} leases were still held.")]
    internal static partial void Closed(ILogger log, Guid instanceId, int held);

    [LoggerMessage(3, LogLevel.Error, "The home session broke; every slot that it owned is lost, and a new one is being opened.")]
    internal static partial void HomeLost(ILogger log, Exception failure);

    [LoggerMessage(4, LogLevel.Warning, "The listener session broke; yield requests are noticed at heartbeats only until it is back.")]
    internal static partial void ListenerLost(ILogger log, Exception failure);

    [LoggerMessage(5, LogLevel.Warning, "Telemetry could not be written; it is kept and written with the next interval.")]
    internal static partial void TelemetryFailed(ILogger log, Exception failure);

    [LoggerMessage(6, LogLevel.Warning, "A yield request could not be sent; the owner will notice the waiter at its next heartbeat.")]
    internal static partial void RequestFailed(ILogger log, Exception failure);

    [LoggerMessage(7, LogLevel.Warning, "A {Role} session could not be recorded in pglocks.sessions; views show its slots without their process.")]
    internal static partial void SessionUnrecorded(ILogger log, string role, Exception failure);

    [LoggerMessage(8, LogLevel.Warning, "The clean end of the instance could not be recorded; it will be shown as one that died.")]
    internal static partial void CloseUnrecorded(ILogger log, Exception failure);

    [LoggerMessage(9, LogLevel.Warning, "A wait on the server could not be cancelled; the server ends it with its session.")]
    internal static partial void CancelFailed(ILogger log, Exception failure);

    [LoggerMessage(10, LogLevel.Warning, "The registry could not be read; what was retired or registered meanwhile counts once it can be read again.")]
    internal static partial void RegistryUnread(ILogger log, Exception failure);

    [LoggerMessage(11, LogLevel.Warning, "Telemetry's tables could not be kept in shape; the next minute tries again. 'pglocks doctor' tells what is overdue.")]
    internal static partial void UpkeepFailed(ILogger log, Exception failure);

    [LoggerMessage(12, LogLevel.Warning, "The server recovered or was promoted, and its slots' numbers could not be moved beyond what it can have lost; locks in a transaction wait for that.")]
    internal static partial void AdoptionFailed(ILogger log, Exception failure);
}
