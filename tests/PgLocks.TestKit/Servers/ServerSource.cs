using PgLocks.AdminTool.Demo;

namespace PgLocks.TestKit;

/// <summary>Chooses where the server of the tests comes from.</summary>
internal static class ServerSource
{
    private const string Variable = "PGLOCKS_TEST_CONNECTION";

    public static async Task<IServerSource> ChooseAsync(CancellationToken cancellationToken)
    {
        var given = Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrEmpty(given))
            return await GivenServer.ConnectAsync(given, cancellationToken);
        // Programs that somebody named are wanted, and not what happens to be in an image.
        var isNamed = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(PostgresBinaries.FolderVariable));
        return !isNamed && await DockerEngine.AnswersAsync(cancellationToken)
            ? await ContainerServer.StartAsync(cancellationToken)
            : await EmbeddedServer.StartAsync(cancellationToken);
    }
}
