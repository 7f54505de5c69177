using PgLocks.AdminTool.Demo;
using PgLocks.Backends;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Rollout;

/// <summary>Rollouts between two folders of lock files, in the tests' own process.</summary>
internal sealed class RolloutFixture : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly List<IAsyncDisposable> _started = [];

    private RolloutFixture(TestDatabase database, TemporaryFolder folder) => (Database, _folder) = (database, folder);

    public TestDatabase Database { get; }

    public static async Task<RolloutFixture> CreateAsync(PostgresServer server) => new(await server.CreateDatabaseAsync(), await TemporaryFolder.CreateAsync("pglocks"));

    public async Task<FileLockProvider> FilesAsync(string folder)
    {
        var files = await FileLockProvider.StartAsync(new FileLockOptions { Folder = Path.Combine(_folder.Path, folder) });
        _started.Add(files);
        return files;
    }

    public async Task<RolloutLockProvider> StartAsync(string application, string oldFolder = "old", string newFolder = "new", Action<RolloutOptions>? change = null)
    {
        var options = RolloutWitness.Options(Database.ConnectionString, application);
        change?.Invoke(options);
        var rollout = await RolloutLockProvider.StartAsync(await FilesAsync(oldFolder), await FilesAsync(newFolder), options);
        _started.Add(rollout);
        return rollout;
    }

    public Task<ToolRun> RunAsync(params string[] verb) => ToolRun.OfAsync(["rollout", .. verb, "--connection", Database.ConnectionString]);

    public Task<ToolRun> JsonAsync(params string[] verb) => RunAsync([.. verb, "--output", "json"]);

    /// <summary>A step that every process acknowledges.</summary>
    public async Task StepAsync(params string[] verb)
    {
        var run = await JsonAsync([.. verb, "--wait", "60s"]);
        Assert.True(run.ExitCode == 0 && run.Json.GetProperty("is_acknowledged").GetBoolean(), run.All);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var started in Enumerable.Reverse(_started))
            await started.DisposeAsync();
        await Database.DisposeAsync();
        await _folder.DisposeAsync();
    }
}
