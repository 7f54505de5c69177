using System.Security.Cryptography;

namespace PgLocks.AdminTool.Demo;

/// <summary>
/// A PostgreSQL server of its own in a temporary folder, on a free port of the loopback interface, with a random password.
/// It is gone, folder and all, when it is disposed and also when this process is killed.
/// </summary>
public sealed class LocalServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly PostgresProcess _process;
    private bool _isKept;

    private LocalServer(PostgresBinaries binaries, TemporaryFolder folder, PostgresProcess process, string password)
    {
        Binaries = binaries;
        _folder = folder;
        _process = process;
        Password = password;
    }

    public PostgresBinaries Binaries { get; }

    public int Port => _process.Port;

    public int ProcessId => _process.ProcessId;

    public string Folder => _folder.Path;

    public string Password { get; }

    /// <summary>For the superuser, in the database 'postgres'. Holds the password.</summary>
    public string ConnectionString => _process.ConnectionString;

    /// <summary>Creates and starts a server; returns when it accepts connections.</summary>
    /// <exception cref="LocalServerException">No installation, no user to run it, or it did not start: the message ends with its log.</exception>
    public static async Task<LocalServer> StartAsync(LocalServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new LocalServerOptions();
        var binaries = options.Binaries ?? PostgresBinaries.Find();
        var folder = await TemporaryFolder.CreateAsync("pglocks");
        try
        {
            var password = RandomNumberGenerator.GetHexString(24, lowercase: true);
            await InitializeAsync(binaries, folder, password, cancellationToken);
            var process = new PostgresProcess(binaries, folder, LocalServerSettings.For(options, folder), password) { Environment = options.Environment };
            await process.StartAsync(cancellationToken);
            return new LocalServer(binaries, folder, process, password);
        }
        catch
        {
            await folder.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops it and starts it again on the same port.</summary>
    public async Task RestartAsync(ShutdownMode mode = ShutdownMode.Fast, CancellationToken cancellationToken = default)
    {
        await StopAsync(mode, cancellationToken);
        await StartAgainAsync(cancellationToken);
    }

    public Task StopAsync(ShutdownMode mode = ShutdownMode.Fast, CancellationToken cancellationToken = default) =>
        _process.StopAsync(mode, cancellationToken);

    /// <summary>After <see cref="StopAsync"/> or <see cref="KillAsync"/>, on the same port and data.</summary>
    public Task StartAgainAsync(CancellationToken cancellationToken = default) => _process.StartAsync(cancellationToken);

    /// <inheritdoc cref="PostgresProcess.KillAsync"/>
    public Task KillAsync() => _process.KillAsync();

    /// <inheritdoc cref="PostgresProcess.Pause"/>
    public void Pause() => _process.Pause();

    public void Resume() => _process.Resume();

    /// <summary>Lets the server go on after this process. Its folder goes when it stops: 'kill -INT' and <see cref="ProcessId"/>.</summary>
    public void Keep()
    {
        _process.Keep();
        _folder.Keep();
        _isKept = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isKept)
            return;
        await _process.DisposeAsync();
        await _folder.DisposeAsync();
    }

    private static async Task InitializeAsync(PostgresBinaries binaries, TemporaryFolder folder, string password, CancellationToken cancellationToken)
    {
        var passwordFile = folder["password"];
        await File.WriteAllTextAsync(passwordFile, password, cancellationToken);
        // Root writes it, another user reads it; the folder itself is closed to everybody else.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(passwordFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        await GuardedProcess.RunAsync(
            folder,
            [
                binaries["initdb"], "-D", folder["data"], "-U", "postgres", "--pwfile", passwordFile, "--auth=scram-sha-256", "--encoding=UTF8",
                OperatingSystem.IsLinux() ? "--locale=C.UTF-8" : "--locale=C", "--no-sync", "--no-instructions",
            ],
            cancellationToken);
        File.Delete(passwordFile);
    }
}
