using Npgsql;
using PgLocks.AdminTool.Demo;

namespace PgLocks.TestKit;

/// <summary>A PgBouncer in front of a server, for its superuser. Nothing is left of it after the test, however that ends.</summary>
public sealed class PgBouncerServer : IAsyncDisposable
{
    private const string Program = "pgbouncer";
    private const int Attempts = 5;

    private readonly TemporaryFolder _folder;
    private readonly string _settings;
    private readonly string _server;
    private GuardedProcess _process;

    private PgBouncerServer(TemporaryFolder folder, string settings, string server, GuardedProcess process, int port)
    {
        _folder = folder;
        _settings = settings;
        _server = server;
        _process = process;
        Port = port;
    }

    /// <summary>Why there can be none on this machine; null if there can.</summary>
    public static string? Lack => ExternalProgram.TryFind(Program) is null ? $"{Program} is not installed" : null;

    public int Port { get; }

    /// <summary>Starts one in front of the server of the connection string, with so many connections to it at most; returns when it passes on a query.</summary>
    public static async Task<PgBouncerServer> StartAsync(string serverConnectionString, PoolMode mode, int poolSize = 150)
    {
        var folder = await TemporaryFolder.CreateAsync("pglocks");
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var port = FreePort.Next();
                var settings = await PgBouncerSettings.WriteAsync(folder, serverConnectionString, mode, port, poolSize);
                var process = await StartAsync(folder, settings);
                if (await IsAnsweringAsync(process, Through(serverConnectionString, port)))
                    return new PgBouncerServer(folder, settings, serverConnectionString, process, port);
                var log = process.LogTail();
                await process.DisposeAsync();
                if (attempt == Attempts || !log.Contains("in use", StringComparison.OrdinalIgnoreCase))
                    throw new LocalServerException($"pgbouncer did not start. Its log ends with:\n{log}");
            }
        }
        catch
        {
            await folder.DisposeAsync();
            throw;
        }
    }

    /// <summary>The same connection string, by way of this pooler.</summary>
    public string Through(string connectionString) => Through(connectionString, Port);

    /// <summary>SIGKILL, and the wait until it is gone: all connections through it end.</summary>
    public async Task KillAsync()
    {
        _process.Signal(UnixSignal.Kill);
        await _process.WaitForExitAsync();
    }

    /// <summary>After <see cref="KillAsync"/>, on the same port; returns when it passes on a query.</summary>
    public async Task StartAgainAsync()
    {
        var gone = _process;
        _process = await StartAsync(_folder, _settings);
        await gone.DisposeAsync();
        if (!await IsAnsweringAsync(_process, Through(_server)))
            throw new LocalServerException($"{Program} did not start again. Its log ends with:\n{_process.LogTail()}");
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await _folder.DisposeAsync();
    }

    private static Task<GuardedProcess> StartAsync(TemporaryFolder folder, string settings) =>
        GuardedProcess.StartAsync(folder, $"{Program}.log", [ExternalProgram.Find(Program), settings]);

    private static string Through(string connectionString, int port) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Host = "127.0.0.1", Port = port, SslMode = SslMode.Disable }.ConnectionString;

    private static async Task<bool> IsAnsweringAsync(GuardedProcess process, string connectionString)
    {
        var probe = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
        var answers = false;
        await Eventually.ThatAsync(
            async () => process.HasExited || (answers = await Server.AnswersAsync(probe)),
            because: $"pgbouncer answers or ends: {process.LogTail()}");
        return answers;
    }
}
