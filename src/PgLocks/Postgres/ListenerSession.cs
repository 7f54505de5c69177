using Npgsql;
using PgLocks.Slots;

namespace PgLocks.Postgres;

/// <summary>A thread and a connection that hear yield requests, and look at every heartbeat for waiters that send none.</summary>
/// <remarks>It owns nothing: while it is away, others wait longer, and nothing else happens.</remarks>
internal sealed class ListenerSession
{
    private readonly BackendContext _context;
    private readonly SlotPool _slots;
    private readonly YieldRequests _requests;
    private readonly Thread _thread;
    private readonly object _sync = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _closing;
    private volatile bool _connected;
    private long _nextLook;
    private long _timeline;

    internal ListenerSession(BackendContext context, SlotPool slots, YieldRequests requests)
    {
        _context = context;
        _slots = slots;
        _requests = requests;
        _thread = new Thread(Run, 256 * 1024) { IsBackground = true, Name = "pglocks listener" };
    }

    internal bool IsConnected => _connected;

    internal void Start() => _thread.Start();

    internal Task CloseAsync()
    {
        lock (_sync)
        {
            _closing = true;
            Monitor.Pulse(_sync);
        }
        return _closed.Task;
    }

    private void Run()
    {
        TimeSpan backoff = Backoff.First;
        while (!_closing)
        {
            try
            {
                using NpgsqlConnection connection = Open();
                backoff = Backoff.First;
                _connected = true;
                while (!_closing)
                    HearAndLook(connection);
            }
            catch (Exception failure) when (LockSession.IsFailure(failure))
            {
                _connected = false;
                Messages.ListenerLost(_context.Log, failure);
                lock (_sync)
                {
                    if (!_closing)
                        Monitor.Wait(_sync, backoff);
                }
                backoff = Backoff.Next(backoff);
            }
        }
        _closed.TrySetResult();
    }

    private NpgsqlConnection Open()
    {
        NpgsqlConnection connection = _context.Connections.NewLockConnection("listener");
        try
        {
            connection.Open();
            ServerInfo server = _context.Connections.Meet(connection);
            _timeline = SpaceReader.Recheck(connection, _context.Space, server);
            LockSession.ApplySettings(connection, _context.Connections);
            connection.Notification += (_, notification) => Hear(notification.Payload);
            using var listen = new NpgsqlCommand($"LISTEN {_context.Space.Channel}", connection);
            listen.ExecuteNonQuery();
            _context.Opened(new SessionOpened(server.BackendPid, server.BackendStart, "listener"));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Hear(string payload)
    {
        foreach (int slot in _requests.Format.ReadOthers(payload))
            _slots.Asked(slot);
    }

    private void HearAndLook(NpgsqlConnection connection)
    {
        connection.Wait(Math.Max(1, Math.Min(_context.MillisecondsUntil(_nextLook), 100)));
        if (_context.Time.GetTimestamp() < _nextLook)
            return;
        // Nobody asks on a primary that was left behind.
        _context.Space.Timelines.Check(connection, _timeline);
        _nextLook = _context.Time.GetTimestamp() + _context.Ticks(_context.Options.HeartbeatInterval);
        LookForWaiters(connection);
        LookForHolders(connection);
    }

    private void LookForWaiters(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(Sql.ForeignWaiters, connection) 
        {
            Parameters = { new() { Value = (long)_context.Space.ClassId }, new() { Value = (long)_context.Space.PoolSize } },
        };
        using NpgsqlDataReader row = command.ExecuteReader();
        while (row.Read())
            _slots.Asked(row.GetInt32(0));
    }

    private void LookForHolders(NpgsqlConnection connection)
    {
        int[] blocked = [.. _slots.Slots.Where(slot => slot.IsBlocked).Select(slot => slot.Number)];
        if (blocked.Length == 0)
            return;
        using var command = new NpgsqlCommand(Sql.Holders, connection) { Parameters = { new() { Value = _context.Space.Name }, new() { Value = blocked } } };
        using NpgsqlDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            PositionKey? key = row.IsDBNull(2) ? null : new PositionKey(row.GetString(2), row.GetString(3));
            TimeSpan? age = row.IsDBNull(4) ? null : TimeSpan.FromSeconds(row.GetDouble(4));
            _slots[row.GetInt32(0)].HeldBy(new LockHolder(row.GetString(1), key, age));
        }
    }
}
