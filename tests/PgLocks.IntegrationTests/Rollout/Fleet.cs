using System.Text.Json;
using PgLocks.AdminTool.Demo;
using PgLocks.IntegrationTests.Faults;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Rollout;

/// <summary>Processes that count under a rollout, the witness of what they do, and the tool that drives them.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly TemporaryFolder _folder;
    private readonly string _oldName;
    private readonly string _oldTarget;
    private readonly List<Worker> _workers = [];

    private Fleet(TestDatabase database, TemporaryFolder folder, string oldName, string? oldTarget)
    {
        (_database, _folder, _oldName) = (database, folder, oldName);
        _oldTarget = oldTarget ?? Path.Combine(folder.Path, "locks");
        Witness = new RolloutWitness(WitnessFile);
    }

    public RolloutWitness Witness { get; }

    public IReadOnlyList<Worker> Workers => _workers;

    private string WitnessFile => Path.Combine(_folder.Path, "witness");

    /// <summary>Without a target the old side are files of a folder of its own.</summary>
    public static async Task<Fleet> StartAsync(PostgresServer server, int workers, string oldName = "files", string? oldTarget = null)
    {
        var fleet = new Fleet(await server.CreateDatabaseAsync(), await TemporaryFolder.CreateAsync("pglocks"), oldName, oldTarget);
        while (fleet._workers.Count < workers)
            await fleet.AddAsync();
        return fleet;
    }

    /// <summary>One more process, which counts at once.</summary>
    public async Task<Worker> AddAsync()
    {
        var worker = await Worker.StartAsync("rollout", [_database.ConnectionString, _oldName, _oldTarget, WitnessFile, $"{_workers.Count}"]);
        _workers.Add(worker);
        await worker.AskAsync("go");
        return worker;
    }

    /// <summary>Until each of the processes has finished more than it has now.</summary>
    public async Task CountOnAsync(params int[] workers)
    {
        var before = workers.ToDictionary(worker => worker, Witness.FinishedBy);
        await Eventually.ThatAsync(() => workers.All(worker => Witness.FinishedBy(worker) > before[worker] + 5), TimeSpan.FromSeconds(60), "every process goes on counting");
    }

    public Task<ToolRun> RunAsync(params string[] verb) => ToolRun.OfAsync(["rollout", .. verb, "--output", "json", "--connection", _database.ConnectionString]);

    /// <summary>A step that every live process acknowledges.</summary>
    public async Task<JsonElement> StepAsync(params string[] verb)
    {
        var run = await RunAsync([.. verb, "--wait", "60s"]);
        Assert.True(run.ExitCode == 0, run.All);
        Assert.True(run.Json.GetProperty("is_acknowledged").GetBoolean(), run.All);
        return run.Json;
    }

    public async Task<bool> IsAcknowledgedAsync() => (await RunAsync("status")).Json.GetProperty("is_acknowledged").GetBoolean();

    /// <summary>Ends the processes, and looks at what they did.</summary>
    public async Task StopAsync()
    {
        foreach (var worker in _workers.Where(worker => !worker.Process.HasExited))
            await worker.TellAsync("stop");
        foreach (var worker in _workers.Where(worker => !worker.Process.HasExited))
            Assert.Equal(0, await worker.Process.WaitForExitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal(0, Witness.Overlaps);
        var killed = _workers.Count(worker => worker.Process.ExitCode != 0);
        Assert.All(Enumerable.Range(0, RolloutWitness.Keys.Count), key =>
        {
            var (number, finished) = Witness.Read(key);
            // A killed process may have written a number and not have come to say so.
            Assert.InRange(number, finished, finished + killed);
        });
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        Witness.Dispose();
        await _database.DisposeAsync();
        await _folder.DisposeAsync();
    }
}
