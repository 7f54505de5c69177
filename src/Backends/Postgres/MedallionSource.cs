using Medallion.Threading.Postgres;
using Npgsql;
using PgLocks.Postgres;

namespace PgLocks.Backends.Postgres;

/// <summary>Slots locked by DistributedLock.Postgres, with the draws made beside it.</summary>
internal sealed class MedallionSource : SlotSource
{
    /// <summary>Whoever asks for a lost token makes DistributedLock watch by a sleep of a minute on the lock's own session, and a server that sleeps does not see its client die.</summary>
    private const string CheckClient = "-c client_connection_check_interval=1000";

    private readonly PostgresDistributedLock[] _locks;
    private readonly SlotNumbers _numbers;
    private readonly string _target;

    internal MedallionSource(PostgresBackendOptions options, Space space, TimeProvider time)
        : base(space, options.LockDelay, time)
    {
        var target = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            ApplicationName = "pglocks:medallion",
            Enlist = false,
            MaxPoolSize = options.MaxSessions,
        };
        target.Options = $"{target.Options} {CheckClient}".TrimStart();
        _target = target.ConnectionString;
        _locks = [.. Enumerable.Range(0, space.PoolSize).Select(slot => new PostgresDistributedLock(new PostgresAdvisoryLockKey(space.ClassId, slot), _target))];
        _numbers = new SlotNumbers(options, space);
    }

    protected override async ValueTask<SlotHold?> GainAsync(int slot, bool once, CancellationToken cancellationToken)
    {
        PostgresDistributedLockHandle? handle = await _locks[slot].TryAcquireAsync(once ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
        if (handle is null)
            return null;
        try
        {
            (long number, bool isServerYoung) = await _numbers.DrawGainAsync(slot).ConfigureAwait(false);
            return new MedallionHold(handle, _numbers, slot, number, isServerYoung);
        }
        catch
        {
            await handle.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        await _numbers.DisposeAsync().ConfigureAwait(false);
        using var any = new NpgsqlConnection(_target);
        NpgsqlConnection.ClearPool(any);
    }

    private sealed class MedallionHold(PostgresDistributedLockHandle handle, SlotNumbers numbers, int slot, long number, bool isServerYoung) : SlotHold(number, isServerYoung)
    {
        internal override ValueTask AbandonAsync() => handle.DisposeAsync();

        protected override CancellationToken Watched() => handle.HandleLostToken;

        protected override async ValueTask ReleaseCoreAsync()
        {
            try
            {
                await numbers.DrawReleaseAsync(slot, Epoch).ConfigureAwait(false);
            }
            finally
            {
                await handle.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
