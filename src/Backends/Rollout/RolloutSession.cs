using Npgsql;
using PgLocks.Postgres;
using PgLocks.Slots;

namespace PgLocks.Backends.Rollout;

/// <summary>The session that counts this process in: its life is the server's proof that the process lives, its answers are the process's proof of the state.</summary>
internal sealed class RolloutSession : IDisposable
{
    private readonly RolloutSeat _seat;
    private readonly NpgsqlConnection _connection;
    private readonly SessionLease _lease = new("rollout");

    private RolloutSession(RolloutSeat seat, NpgsqlConnection connection) => (_seat, _connection) = (seat, connection);

    /// <summary>Connects, joins, looks for contradictions and confirms for the first time.</summary>
    /// <exception cref="PgLocksConfigurationException">Another live process means other locks.</exception>
    internal static RolloutSession Open(RolloutSeat seat)
    {
        NpgsqlConnection connection = seat.Connections.NewLockConnection("rollout");
        var session = new RolloutSession(seat, connection);
        try
        {
            connection.Open();
            ServerInfo server = seat.Connections.Meet(connection);
            SpaceReader.Recheck(connection, seat.Space, server);
            LockSession.ApplySettings(connection, seat.Connections);
            // What the process tells must survive a crash of the server as surely as a change of the state does.
            session.Execute(Sql.CommitSynchronously);
            session.Join();
            session.Confirm();
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Tells how far this process is, reads the state and renews the proof of both.</summary>
    /// <exception cref="PgLockException">The server no longer counts this process.</exception>
    /// <exception cref="TimeoutException">The answer came too late to prove anything.</exception>
    internal void Confirm()
    {
        while (true)
        {
            long? told = _seat.Member.Acknowledged;
            long sentAt = _seat.Time.GetTimestamp();
            RolloutState state = Read(told);
            if (!_seat.Member.Confirm(_lease, state, sentAt))
                throw new TimeoutException(SessionLease.Overdue);
            if (_seat.Member.Acknowledged == told)
                return;
        }
    }

    internal void Lose(string reason) => _lease.TryLose(reason);

    /// <summary>No longer counted. Only for a process that has nothing left; any other one counts until its lease is over.</summary>
    internal void Leave() => Execute(RolloutSql.Leave, _seat.InstanceId);

    public void Dispose() => _connection.Dispose();

    private void Join()
    {
        Execute(RolloutSql.ForgetDead);
        PgLocksOptions options = _seat.Options;
        Execute(RolloutSql.Join, _seat.InstanceId, _seat.Space.ClassId, options.ApplicationName, Environment.MachineName, Environment.ProcessId,
            _seat.OldSide, _seat.NewSide, (int)options.LeaseDuration.TotalMilliseconds);
        if (FindContradiction() is not { } contradiction)
            return;
        Leave();
        throw contradiction;
    }

    private PgLocksConfigurationException? FindContradiction()
    {
        using NpgsqlCommand command = Command(RolloutSql.Contradiction, _seat.Space.ClassId, _seat.InstanceId, _seat.OldSide, _seat.NewSide);
        using NpgsqlDataReader other = command.ExecuteReader();
        return other.Read()
            ? new PgLocksConfigurationException(
                $"{other.GetString(0)} rolls space '{_seat.Space.Name}' out from '{other.GetString(1)}' to '{other.GetString(2)}', this process from '{_seat.OldSide}' to '{_seat.NewSide}': "
                + "they would not exclude each other. Give both the same two sides, or end that process first.")
            : null;
    }

    private RolloutState Read(long? acknowledged)
    {
        using NpgsqlCommand command = Command(RolloutSql.Confirm, _seat.InstanceId, (object?)acknowledged ?? DBNull.Value, _seat.Member.LeftBehind, _seat.Space.ClassId);
        command.Parameters[1].NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint;
        using NpgsqlDataReader row = command.ExecuteReader();
        if (!row.Read() || !row.GetBoolean(3))
            throw new PgLockException("This process is no longer counted in pglocks.rollout_instances. It joins again.", isTransient: true);
        return new RolloutState(row.GetInt64(0), row.GetInt32(1), row.GetInt32(2));
    }

    private void Execute(string sql, params object[] values)
    {
        using NpgsqlCommand command = Command(sql, values);
        command.ExecuteNonQuery();
    }

    private NpgsqlCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, _connection);
        foreach (object value in values)
            command.Parameters.Add(new() { Value = value });
        return command;
    }
}
