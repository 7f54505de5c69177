using System.Globalization;
using System.Net.Sockets;
using PgLocks.AdminTool.Demo;

namespace PgLocks.TestKit;

/// <summary>A Redis server without persistence. Nothing is left of it after the test, however that ends.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private const int Attempts = 5;

    private readonly TemporaryFolder _folder;
    private readonly GuardedProcess _process;

    private RedisServer(TemporaryFolder folder, GuardedProcess process, int port)
    {
        _folder = folder;
        _process = process;
        Configuration = $"127.0.0.1:{port}";
    }

    /// <summary>As StackExchange.Redis wants it.</summary>
    public string Configuration { get; }

    public int ProcessId => _process.ProcessId;

    public static async Task<RedisServer> StartAsync()
    {
        var program = ExternalProgram.Find("redis-server");
        var folder = await TemporaryFolder.CreateAsync("pglocks");
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var port = FreePort.Next();
                var process = await GuardedProcess.StartAsync(folder, "redis.log",
                    [program, "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder.Path]);
                await Eventually.ThatAsync(async () => process.HasExited || await IsListeningAsync(port), because: $"redis-server listens or ends: {process.LogTail()}");
                if (!process.HasExited)
                    return new RedisServer(folder, process, port);
                var log = process.LogTail();
                await process.DisposeAsync();
                if (attempt == Attempts)
                    throw new LocalServerException($"redis-server did not start. Its log ends with:\n{log}");
            }
        }
        catch
        {
            await folder.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await _folder.DisposeAsync();
    }

    private static async Task<bool> IsListeningAsync(int port)
    {
        try
        {
            using var probe = new TcpClient();
            await probe.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
