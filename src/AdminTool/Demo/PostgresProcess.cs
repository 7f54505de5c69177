using Npgsql;

namespace PgLocks.AdminTool.Demo;

/// <summary>The server process over a data folder that exists: started, awaited, stopped, paused, killed.</summary>
public sealed class PostgresProcess : IAsyncDisposable
{
    private const int MaxAttempts = 5;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private readonly PostgresBinaries _binaries;
    private readonly TemporaryFolder _folder;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly string _password;
    private GuardedProcess? _process;

    public PostgresProcess(PostgresBinaries binaries, TemporaryFolder folder, IReadOnlyDictionary<string, string> settings, string password)
    {
        _binaries = binaries;
        _folder = folder;
        _settings = settings;
        _password = password;
    }

    /// <summary>More variables than those of this process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public int Port { get; private set; }

    public int ProcessId => Running.ProcessId;

    public string ConnectionString => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Username = "postgres",
        Password = _password,
        Database = "postgres",
    }.ConnectionString;

    private GuardedProcess Running => _process ?? throw new InvalidOperationException("The server is not running: start it first.");

    /// <summary>Starts on the port of the last start, or on a free one, and returns when it accepts connections.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        var isFirst = Port == 0;
        for (var attempt = 1; ; attempt++)
        {
            if (isFirst)
                Port = FreePort.Next();
            var log = await TryStartAsync(cancellationToken);
            if (log is null)
                return;
            if (!isFirst || attempt == MaxAttempts || !log.Contains("Address already in use", StringComparison.Ordinal))
                throw new LocalServerException($"PostgreSQL ({_binaries.Folder}) did not start. Its log ends with:\n{log}");
        }
    }

    public async Task StopAsync(ShutdownMode mode, CancellationToken cancellationToken = default)
    {
        Resume();
        Running.Signal(mode == ShutdownMode.Fast ? UnixSignal.Interrupt : UnixSignal.Quit);
        await Running.WaitForExitAsync(cancellationToken);
        await DisposeAsync();
    }

    /// <summary>A crash of the machine: the server and every session of it are gone at once, with no word to anybody.</summary>
    public async Task KillAsync()
    {
        SignalAll(UnixSignal.Kill);
        await DisposeAsync();
    }

    /// <summary>Freezes the server and every session of it; connections stay open and unanswered.</summary>
    public void Pause() => SignalAll(UnixSignal.Stop);

    public void Resume() => SignalAll(UnixSignal.Continue);

    public void Keep() => Running.Keep();

    public async ValueTask DisposeAsync()
    {
        if (_process is null)
            return;
        await _process.DisposeAsync();
        _process = null;
    }

    private IEnumerable<string> Command() =>
    [
        .. Environment.Count == 0 ? [] : Environment.Select(variable => $"{variable.Key}={variable.Value}").Prepend("env"),
        _binaries["postgres"], "-D", _folder["data"], "-p", $"{Port}",
        .. _settings.SelectMany(setting => new[] { "-c", $"{setting.Key}={setting.Value}" }),
    ];

    private void SignalAll(int signal)
    {
        // The server first, so that it starts no session after the list is read.
        Running.Signal(signal);
        foreach (var session in ChildProcesses.Of(ProcessId))
            UnixSignal.Send(session, signal);
    }

    /// <summary>Null when it accepts connections, else the end of its log.</summary>
    private async Task<string?> TryStartAsync(CancellationToken cancellationToken)
    {
        _process = await GuardedProcess.StartAsync(_folder, "server.log", Command());
        try
        {
            if (await IsAcceptingAsync(cancellationToken))
                return null;
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
        var log = _process.LogTail();
        await DisposeAsync();
        return log;
    }

    private async Task<bool> IsAcceptingAsync(CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        var probe = new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false, Timeout = 5 }.ConnectionString;
        while (!Running.HasExited && TimeProvider.System.GetElapsedTime(started) < StartTimeout)
        {
            try
            {
                await using var connection = new NpgsqlConnection(probe);
                await connection.OpenAsync(cancellationToken);
                return true;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(PollInterval, TimeProvider.System, cancellationToken);
            }
        }
        return false;
    }
}
