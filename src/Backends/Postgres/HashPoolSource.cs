using Npgsql;
using NpgsqlTypes;
using PgLocks.Postgres;

namespace PgLocks.Backends.Postgres;

/// <summary>Slots locked one by one, each on a session of its own, with the draws in the same round trips.</summary>
internal sealed class HashPoolSource : SlotSource
{
    private static readonly string TryGain = Sql.TryGain(slots: 2, isOne: true);
    private static readonly string Release = Sql.Release(slots: 2, isOne: true);

    private readonly SessionPool _sessions;

    internal HashPoolSource(PostgresBackendOptions options, Space space, TimeProvider time)
        : base(space, options.LockDelay, time)
    {
        string target = ServerSession.ConnectionString(options.ConnectionString, "hash-pool");
        TimeSpan lockDelay = options.LockDelay;
        _sessions = new SessionPool(options.MaxSessions, end => ServerSession.OpenAsync(target, space, lockDelay, time, end));
    }

    protected override async ValueTask<SlotHold?> GainAsync(int slot, bool once, CancellationToken cancellationToken)
    {
        ServerSession session = await _sessions.RentAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (await TransferAsync(session, slot, once, cancellationToken).ConfigureAwait(false) is { } number)
                return new HashPoolHold(this, session, slot, number);
        }
        catch
        {
            await _sessions.ReturnUncertainAsync(session).ConfigureAwait(false);
            throw;
        }
        await _sessions.ReturnAsync(session).ConfigureAwait(false);
        return null;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        await _sessions.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask<long?> TransferAsync(ServerSession session, int slot, bool once, CancellationToken cancellationToken)
    {
        if (!once)
            return await session.WaitAsync(BackendSql.WaitForSlot, [new() { Value = Space.ClassId }, new() { Value = slot }], Sql.DrawGain, Space.Sequences[slot], cancellationToken).ConfigureAwait(false);
        return await session.ScalarAsync(TryGain, cancellationToken, Arguments(slot)).ConfigureAwait(false) as long?;
    }

    private NpgsqlParameter[] Arguments(int slot) =>
        [new() { Value = Space.ClassId }, new() { Value = slot }, new() { Value = Space.Sequences[slot], NpgsqlDbType = NpgsqlDbType.Oid }];

    private sealed class HashPoolHold : SlotHold
    {
        private readonly HashPoolSource _source;
        private readonly ServerSession _session;
        private readonly int _slot;

        internal HashPoolHold(HashPoolSource source, ServerSession session, int slot, long number)
            : base(number, session.IsServerYoung)
        {
            (_source, _session, _slot) = (source, session, slot);
            session.Broken = Lose;
        }

        internal override ValueTask AbandonAsync() => _source._sessions.EndAsync(_session);

        protected override async ValueTask ReleaseCoreAsync()
        {
            try
            {
                await _session.ScalarAsync(Release, CancellationToken.None, _source.Arguments(_slot)).ConfigureAwait(false);
            }
            catch
            {
                await _source._sessions.EndAsync(_session).ConfigureAwait(false);
                throw;
            }
            await _source._sessions.ReturnAsync(_session).ConfigureAwait(false);
        }
    }
}
