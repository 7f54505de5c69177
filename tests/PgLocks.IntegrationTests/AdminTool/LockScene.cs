using Npgsql;
using PgLocks.IntegrationTests.Schema;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.AdminTool;

/// <summary>A migrated database in which sessions of made-up processes hold real locks, and the tool on it.</summary>
internal sealed class LockScene : IAsyncDisposable
{
    public const int ClassId = 1346849792;

    private readonly List<NpgsqlConnection> _sessions = [];

    private LockScene(TestDatabase database)
    {
        Database = database;
        Stats = new StatsData(database);
    }

    public TestDatabase Database { get; }

    public StatsData Stats { get; }

    public static async Task<LockScene> CreateAsync(PostgresServer server) => new(await server.CreateDatabaseAsync());

    public Task<ToolRun> RunAsync(params string[] args) => ToolRun.OfAsync([.. args, "--connection", Database.ConnectionString]);

    public Task<ToolRun> RunAsync(TextReader answers, params string[] args) =>
        ToolRun.OfAsync(answers, TestContext.Current.CancellationToken, [.. args, "--connection", Database.ConnectionString]);

    /// <summary>A session that is no process of PgLocks.</summary>
    public async Task<NpgsqlConnection> SessionAsync(string applicationName)
    {
        var settings = new NpgsqlConnectionStringBuilder(Database.ConnectionString) { Pooling = false, ApplicationName = applicationName };
        var session = new NpgsqlConnection(settings.ConnectionString);
        await session.OpenAsync(TestContext.Current.CancellationToken);
        _sessions.Add(session);
        return session;
    }

    /// <summary>A process on host-1, by its home session.</summary>
    public async Task<NpgsqlConnection> ProcessAsync(string application, int pid)
    {
        var home = await SessionAsync($"pglocks:{application}:home");
        var instance = await home.ScalarAsync<Guid>(
            """
            INSERT INTO pglocks.instances (instance_id, class_id, application, host, pid, version, started_at, last_seen_at, long_hold_ms)
            VALUES (gen_random_uuid(), $1, $2, 'host-1', $3, '1.0', now(), now(), 1000) RETURNING instance_id
            """,
            ClassId, application, pid);
        await home.ExecuteAsync(
            """
            INSERT INTO pglocks.sessions (backend_pid, backend_start, instance_id, role)
            SELECT pid, backend_start, $1, 'home' FROM pg_stat_activity WHERE pid = pg_backend_pid()
            """,
            instance);
        return home;
    }

    /// <summary>The process gains the slot, and a caller of it has held the key for that long.</summary>
    public async Task HoldAsync(NpgsqlConnection home, int slot, string hotkey, string pair, string heldFor)
    {
        await GainAsync(home, slot);
        var key = await Stats.KeyAsync(hotkey, pair, slot);
        await home.ExecuteAsync(
            """
            INSERT INTO pglocks.held_locks
            SELECT instance_id, $1, $2, $3, 77, clock_timestamp() - $4::interval, now() FROM pglocks.sessions WHERE backend_pid = pg_backend_pid()
            """,
            key, ClassId, slot, heldFor);
    }

    public static Task GainAsync(NpgsqlConnection session, int slot) => session.ExecuteAsync("SELECT pg_advisory_lock($1, $2)", ClassId, slot);

    /// <summary>Stands in the queue of the slot; the task ends when it is granted, or fails with the session.</summary>
    public async Task<Task> WaitAsync(NpgsqlConnection session, int slot)
    {
        var wait = GainAsync(session, slot);
        await Database.WaitsForAsync(session.ProcessID, "advisory");
        return wait;
    }

    public async ValueTask DisposeAsync()
    {
        // First the database, whoever is connected: a session that still waits for a lock could not be closed.
        await Database.DisposeAsync();
        foreach (var session in _sessions)
            await session.DisposeAsync();
    }
}
