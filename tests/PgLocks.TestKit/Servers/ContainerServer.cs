using Testcontainers.PostgreSql;

namespace PgLocks.TestKit;

/// <summary>A server in a container.</summary>
internal sealed class ContainerServer(PostgreSqlContainer container) : IServerSource
{
    private const string Image = "postgres:17";

    public string ConnectionString => container.GetConnectionString();

    public static async Task<IServerSource> StartAsync(CancellationToken cancellationToken)
    {
        var container = new PostgreSqlBuilder(Image)
            .WithCommand(
                "-c", $"shared_preload_libraries={TestServerOptions.Statements}", "-c", "max_connections=200",
                "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off")
            .Build();
        await container.StartAsync(cancellationToken);
        return new ContainerServer(container);
    }

    public ValueTask DisposeAsync() => container.DisposeAsync();
}
