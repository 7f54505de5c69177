using System.Globalization;
using PgLocks.AdminTool.Demo;
using StackExchange.Redis;

namespace PgLocks.Benchmarks.Compare;

/// <summary>A Redis server without persistence, on a free port, gone with this process.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly GuardedProcess _process;

    private RedisServer(TemporaryFolder folder, GuardedProcess process, string configuration, string version)
    {
        _folder = folder;
        _process = process;
        Configuration = configuration;
        Version = version;
    }

    internal string Configuration { get; }

    internal string Version { get; }

    /// <summary>Null where redis-server is not installed.</summary>
    internal static async Task<RedisServer?> TryStartAsync()
    {
        string? program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "redis-server")).FirstOrDefault(File.Exists);
        if (program is null)
            return null;
        string port = FreePort.Next().ToString(CultureInfo.InvariantCulture);
        TemporaryFolder folder = await TemporaryFolder.CreateAsync("pglocks-redis");
        GuardedProcess? process = null;
        try
        {
            process = await GuardedProcess.StartAsync(
                folder, "redis.log", [program, "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder.Path]);
            string configuration = $"127.0.0.1:{port},connectRetry=10,connectTimeout=5000";
            await using ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync(configuration);
            return new RedisServer(folder, process, configuration, connection.GetServers()[0].Version.ToString());
        }
        catch
        {
            if (process is not null)
                await process.DisposeAsync();
            await folder.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await _folder.DisposeAsync();
    }
}
