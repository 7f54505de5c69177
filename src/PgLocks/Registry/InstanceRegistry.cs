using Npgsql;
using PgLocks.Postgres;

namespace PgLocks.Registry;

/// <summary>The instance and its sessions, as SQL sees them: what leads from a backend's pid to a process on a host.</summary>
internal sealed class InstanceRegistry(NpgsqlDataSource pool, Guid instanceId, TimeProvider time)
{
    internal Task RegisterAsync(PgLocksOptions options, int classId, CancellationToken cancellationToken) => ExecuteAsync(
        [
            BatchCommand.Of(RegistrySql.ForgetDead),
            BatchCommand.Of(RegistrySql.ForgetDeadUsers),
            BatchCommand.Of(RegistrySql.AddInstance, instanceId, classId, options.ApplicationName, Environment.MachineName, Environment.ProcessId, Product.Version, Now,
                (int)options.LongHoldThreshold.TotalMilliseconds),
        ],
        cancellationToken);

    internal Task AddSessionAsync(int backendPid, DateTime backendStart, string role, CancellationToken cancellationToken) =>
        ExecuteAsync([BatchCommand.Of(RegistrySql.AddSession, backendPid, backendStart, instanceId, role, Now)], cancellationToken);

    /// <summary>A clean end: nothing of the instance is left but its row and its counts.</summary>
    internal Task CloseAsync(CancellationToken cancellationToken) => ExecuteAsync(
        [BatchCommand.Of(RegistrySql.ForgetHeld, instanceId), BatchCommand.Of(RegistrySql.ForgetUser, instanceId), BatchCommand.Of(RegistrySql.ForgetSessions, instanceId), BatchCommand.Of(RegistrySql.CloseInstance, instanceId, Now)],
        cancellationToken);

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private async Task ExecuteAsync(NpgsqlBatchCommand[] commands, CancellationToken cancellationToken)
    {
        NpgsqlBatch batch = pool.CreateBatch();
        await using (batch.ConfigureAwait(false))
        {
            foreach (NpgsqlBatchCommand command in commands)
                batch.BatchCommands.Add(command);
            await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
