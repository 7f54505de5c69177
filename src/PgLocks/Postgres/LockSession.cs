using Npgsql;
using NpgsqlTypes;
using PgLocks.Slots;

namespace PgLocks.Postgres;

/// <summary>One server session that can own slots: its connection, its proof of life and the few statements that run on it. Used by one thread at a time.</summary>
/// <remarks>Every answered statement renews the lease from the time it was sent. An error ends the session: what it held is then the server's to release.</remarks>
internal sealed class LockSession : IDisposable
{
    private readonly BackendContext _context;
    private readonly NpgsqlConnection _connection;
    private readonly SessionOpened _self;
    private readonly long _timeline;
    private readonly TransferCommand?[] _transfers = new TransferCommand?[16];
    private WaitCommand? _wait;
    private volatile bool _isWaiting;

    private LockSession(BackendContext context, NpgsqlConnection connection, SessionOpened self, ServerInfo server, long timeline, long readAt, long sentAt)
    {
        _context = context;
        _connection = connection;
        _self = self;
        _timeline = timeline;
        Lease = new SessionLease(self.Role, opensAt: readAt + context.Ticks(context.Youth.LeftOf(server, context.Time.GetElapsedTime(0, readAt))));
        Renew(sentAt);
    }

    internal SessionLease Lease { get; private set; }

    /// <summary>True while the server is younger than the lock delay: it may have freed slots whose owners do not know yet.</summary>
    internal bool IsServerYoung => _context.Time.GetTimestamp() < Lease.OpensAt;

    /// <summary>Connects, checks who answers and prepares the session.</summary>
    internal static LockSession Open(BackendContext context, string role)
    {
        NpgsqlConnection connection = context.Connections.NewLockConnection(role);
        try
        {
            connection.Open();
            ServerInfo server = context.Connections.Meet(connection);
            // Its age is that of its answer: counted from before, the server would be thought older by as long as that took.
            long readAt = context.Time.GetTimestamp();
            long timeline = SpaceReader.Recheck(connection, context.Space, server);
            // The proof of life is the last answer: moving the sequences of a recovered server can take longer than a lease.
            long sentAt = context.Time.GetTimestamp();
            ApplySettings(connection, context.Connections);
            var self = new SessionOpened(server.BackendPid, server.BackendStart, role);
            context.Opened(self);
            return new LockSession(context, connection, self, server, timeline, readAt, sentAt);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>As <see cref="Open"/>, for the session that stands for its instance: it shares the space's mark for as long as it lives.</summary>
    internal static LockSession OpenHome(BackendContext context)
    {
        LockSession session = Open(context, "home");
        try
        {
            session.MarkLive();
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Whether an exception means that the session is no more. Whatever it is: of a session whose answers are not understood nothing is known any more.</summary>
    /// <remarks>Beside its own exceptions the driver throws bare ones where the protocol is out of step, and others for a connection that broke unseen.</remarks>
    internal static bool IsFailure(Exception failure) => failure is not OutOfMemoryException;

    internal static void ApplySettings(NpgsqlConnection connection, Connections connections)
    {
        (string[] names, string[] values) = connections.SessionSettings();
        using var command = new NpgsqlCommand(Sql.SessionSettings, connection) { Parameters = { new() { Value = names }, new() { Value = values } } };
        command.ExecuteNonQuery();
    }

    internal void Heartbeat()
    {
        using var command = new NpgsqlCommand(Sql.Heartbeat, _connection);
        long sentAt = _context.Time.GetTimestamp();
        if (command.ExecuteScalar() is not int backend || backend != _self.BackendPid)
            throw new PgLockException($"The session is another backend's than at its start ({_self.BackendPid}): a pooler in transaction mode stands between. Connect directly, or set it to session mode.");
        _context.RoundTrips.CountHeartbeat();
        Renew(sentAt);
    }

    /// <summary>Proves the session anew, after a wait in which it owned nothing and that outlasted the old proof.</summary>
    internal void BeginLease()
    {
        Lease = new SessionLease(Lease.Role, Lease.OpensAt);
        Heartbeat();
    }

    /// <summary>One round trip: releases, then tries, then draws two numbers each.</summary>
    /// <returns>By try, the number drawn (negative: the last owner died owning) or null (owned by another); by draw, the newest number.</returns>
    internal (long?[] Gained, long[] Drawn) Transfer(List<int> releases, List<int> gains, List<int> draws)
    {
        TransferCommand transfer = TransferOf(releases.Count, gains.Count, draws.Count);
        long sentAt = _context.Time.GetTimestamp();
        var gained = new long?[gains.Count];
        var drawn = new long[draws.Count];
        using (NpgsqlDataReader row = transfer.Execute(releases, gains, draws))
        {
            for (int i = 0; i < releases.Count && row.Read(); i++)
                CheckReleased(row.IsDBNull(0) || row.GetInt64(0) == 0, releases[i]);
            for (int i = 0; i < gains.Count && row.Read(); i++)
                gained[i] = row.IsDBNull(0) ? null : row.GetInt64(0);
            for (int i = 0; i < draws.Count && row.Read(); i++)
                drawn[i] = row.GetInt64(0);
        }
        _context.RoundTrips.CountTransfer();
        Renew(sentAt);
        return (gained, drawn);
    }

    /// <summary>Tries one slot, and draws its number if it is free; if it is not, asks for it with this payload, and returns null.</summary>
    internal long? TryOrAsk(int slot, string request) => Waiting(wait => wait.TryOrAsk(slot, request));

    /// <summary>Stands in the server's line for one slot, and draws its number once granted. Blocks, at most for <see cref="WaiterSession.LongestWait"/>.</summary>
    internal long WaitFor(int slot) => Waiting(wait => wait.Wait(slot));

    /// <summary>The backend, while a <see cref="TryOrAsk"/> or <see cref="WaitFor"/> runs.</summary>
    internal SessionOpened? WaitingBackend => _isWaiting ? _self : null;

    internal bool Holds(int slot)
    {
        using var command = new NpgsqlCommand(Sql.HoldsSlot, _connection) { Parameters = { new() { Value = (long)_context.Space.ClassId }, new() { Value = (long)slot } } };
        return command.ExecuteScalar() is true;
    }

    /// <summary>The draw of a gain whose lock was granted though its wait was reported to have failed.</summary>
    internal long DrawGain(int slot)
    {
        using var command = new NpgsqlCommand(Sql.DrawGain, _connection) { Parameters = { Sequence(slot) } };
        return (long)command.ExecuteScalar()!;
    }

    internal void Release(int slot) => Transfer([slot], [], []);

    /// <summary>The answer to what was sent at <paramref name="sentAt"/> is here.</summary>
    /// <exception cref="TimeoutException">It came too late to prove anything.</exception>
    private void Renew(long sentAt)
    {
        if (!TryRenew(sentAt))
            throw new TimeoutException(SessionLease.Overdue);
    }

    /// <exception cref="PgLockException">Another session has met a newer primary since: the answers of this one prove nothing any more.</exception>
    internal bool TryRenew(long sentAt)
    {
        _context.Space.Timelines.Check(_connection, _timeline);
        return Lease.TryRenew(sentAt + _context.Ticks(_context.Options.LeaseDuration), _context.Time.GetTimestamp());
    }

    public void Dispose()
    {
        foreach (TransferCommand? transfer in _transfers)
            transfer?.Dispose();
        _wait?.Dispose();
        _connection.Dispose();
    }

    private T Waiting<T>(Func<WaitCommand, T> statement)
    {
        _wait ??= new WaitCommand(_connection, _context.Space);
        _isWaiting = true;
        try
        {
            T answer = statement(_wait);
            _context.RoundTrips.CountWait();
            return answer;
        }
        finally
        {
            _isWaiting = false;
        }
    }

    private void MarkLive()
    {
        Space space = _context.Space;
        using var mark = new NpgsqlCommand(Sql.MarkLive, _connection) { Parameters = { new() { Value = space.ClassId }, new() { Value = space.PoolSize } } };
        if (mark.ExecuteScalar() is not true)
            throw new PgLocksConfigurationException($"Space '{space.Name}' is being changed by another session. Start again when that has ended.");
        using var look = new NpgsqlCommand(Sql.OtherPoolSize, _connection) { Parameters = { new() { Value = (long)space.ClassId }, new() { Value = (long)space.PoolSize } } };
        if (look.ExecuteScalar() is long other)
            throw new PgLocksConfigurationException($"Space '{space.Name}' has {space.PoolSize} slots, but a live instance works with {other}: the pool size was changed by hand. Set pglocks.spaces.pool_size back, and change it while no instance is live.");
    }

    private static void CheckReleased(bool failed, int slot)
    {
        if (failed)
            throw new PgLockException($"The server did not know that this session owned slot {slot}: something else released it. All slots of the session are given up.");
    }

    private TransferCommand TransferOf(int releases, int gains, int draws)
    {
        TransferWork work = (releases > 0 ? TransferWork.Releases : 0) | (gains > 0 ? TransferWork.Gains : 0) | (draws > 0 ? TransferWork.Draws : 0)
            | (Math.Max(Math.Max(releases, gains), draws) == 1 ? TransferWork.OneOfEach : 0);
        return _transfers[(int)work] ??= new TransferCommand(_connection, _context.Space, work);
    }

    private NpgsqlParameter Sequence(int slot) => new() { Value = _context.Space.Sequences[slot], NpgsqlDbType = NpgsqlDbType.Oid };
}
