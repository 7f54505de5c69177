using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using PgLocks.Backends.Holds;
using PgLocks.Local;
using PgLocks.Postgres;

namespace PgLocks.Backends.Postgres;

/// <summary>An advisory lock a key, on a session of its own while it is held.</summary>
internal sealed class LocalCacheSource : IHoldSource
{
    private readonly SessionPool _sessions;
    private readonly Space _space;

    internal LocalCacheSource(LocalCacheOptions options, Space space, TimeProvider time)
    {
        _space = space;
        string target = ServerSession.ConnectionString(options.ConnectionString, "local-cache");
        _sessions = new SessionPool(options.MaxSessions, end => ServerSession.OpenAsync(target, space, TimeSpan.Zero, time, end));
    }

    public bool IsPool => false;

    public async ValueTask<Hold?> AcquireAsync(LockName name, bool once, CancellationToken cancellationToken)
    {
        var key = new NpgsqlParameter<long> { TypedValue = HashOf(name.Key!) };
        uint sequence = _space.Sequences[name.Slot];
        ServerSession session = await _sessions.RentAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            long? number = once
                ? await session.ScalarAsync(BackendSql.TryKey, cancellationToken, key, ServerSession.Sequence(sequence)).ConfigureAwait(false) as long?
                : await session.WaitAsync(BackendSql.WaitForKey, [key], BackendSql.DrawKey, sequence, cancellationToken).ConfigureAwait(false);
            if (number is { } drawn)
                return new LocalCacheHold(_sessions, session, key.TypedValue, drawn);
        }
        catch
        {
            await _sessions.ReturnUncertainAsync(session).ConfigureAwait(false);
            throw;
        }
        await _sessions.ReturnAsync(session).ConfigureAwait(false);
        return null;
    }

    public ValueTask FenceAsync(KeyGate gate, HoldTenure tenure, NpgsqlTransaction transaction, CancellationToken cancellationToken) =>
        Unfenced.Refuse("locks by key", "fences stand for slots, of which holders of different keys would share one");

    public ValueTask DisposeAsync() => _sessions.DisposeAsync();

    /// <summary>Bound to the space, so that spaces of one database do not meet.</summary>
    private long HashOf(string key) => BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{_space.Name}\n{key}")));

    private sealed class LocalCacheHold : Hold
    {
        private readonly SessionPool _sessions;
        private readonly ServerSession _session;
        private readonly long _hash;

        internal LocalCacheHold(SessionPool sessions, ServerSession session, long hash, long number)
            : base(number)
        {
            (_sessions, _session, _hash) = (sessions, session, hash);
            session.Broken = Lose;
        }

        protected override async ValueTask ReleaseCoreAsync()
        {
            try
            {
                await _session.ScalarAsync(BackendSql.ReleaseKey, CancellationToken.None, new NpgsqlParameter<long> { TypedValue = _hash }).ConfigureAwait(false);
            }
            catch
            {
                await _sessions.EndAsync(_session).ConfigureAwait(false);
                throw;
            }
            await _sessions.ReturnAsync(_session).ConfigureAwait(false);
        }
    }
}
