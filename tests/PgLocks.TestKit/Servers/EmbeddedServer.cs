using PgLocks.AdminTool.Demo;

namespace PgLocks.TestKit;

/// <summary>A server from the binaries of this machine.</summary>
internal sealed class EmbeddedServer(LocalServer server) : IServerSource
{
    public string ConnectionString => server.ConnectionString;

    public static async Task<IServerSource> StartAsync(CancellationToken cancellationToken) =>
        new EmbeddedServer(await LocalServer.StartAsync(TestServerOptions.ForBinariesFound(), cancellationToken));

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
