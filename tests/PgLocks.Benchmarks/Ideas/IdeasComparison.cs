using PgLocks.AdminTool.Demo;
using PgLocks.Benchmarks.Compare;
using PgLocks.Benchmarks.Report;
using PgLocks.Benchmarks.Worker;
using Npgsql;

namespace PgLocks.Benchmarks.Ideas;

/// <summary>All ideas beside the old way: every round runs each of them once, so that what slows the machine for a while slows all.</summary>
internal static class IdeasComparison
{
    private const int Keys = 1_000;

    internal static async Task<int> RunAsync(bool isQuick, DirectoryInfo folder, CancellationToken cancellationToken)
    {
        (int rounds, int repeats, double seconds) = isQuick ? (1, 1, 0.4) : (3, 5, 2);
        await using BenchServer server = await BenchServer.StartAsync(cancellationToken);
        await CreateSpaceAsync(server.ConnectionString);
        await using RedisServer? redis = await RedisServer.TryStartAsync();
        await using ServerView view = await ServerView.OpenAsync(server.ConnectionString);
        await using TemporaryFolder locks = await TemporaryFolder.CreateAsync("pglocks");
        var targets = new IdeaTargets(server.ConnectionString, redis?.Configuration, locks.Path, locks["locks"]);
        await using IdeaProcess coordinator = IdeaProcess.Start("idea-coordinator", targets.Socket);
        await coordinator.HearAsync(cancellationToken);
        await using IdeaProcess one = IdeaProcess.Start("idea-worker");
        await using IdeaProcess two = IdeaProcess.Start("idea-worker");
        var run = new IdeaSpec { Idea = "", Targets = targets, Keys = Keys, Repeats = repeats, ContendedSeconds = 0 };
        Setting setting = Setting.Read(await view.VersionAsync(), await view.FsyncAsync(), redis?.Version, server.IsGiven);
        // On a server that young every gain counts as one after an unclean loss, and waits the lock delay.
        await Task.Delay(TimeSpan.FromSeconds(Math.Max(0, new PgLocksOptions().LockDelay.TotalSeconds + 0.5 - await view.AgeSecondsAsync())), cancellationToken);

        string? python = PythonOldWay.Find();
        IdeaTable table = new([.. IdeaName.All.Where(idea => (idea.Name != IdeaName.Redis || redis is not null) && (idea.Name != IdeaName.OldWayInPython || python is not null))]);
        for (int round = 1; round <= rounds; round++)
        {
            foreach (IdeaName idea in table.Ideas)
            {
                if (idea.Name == IdeaName.OldWayInPython)
                {
                    table.Add(idea, await PythonOldWay.RunAsync(python!, Keys, repeats, seconds, cancellationToken));
                    continue;
                }
                table.Add(idea, await AloneAsync(one, run with { Idea = idea.Name }, cancellationToken));
                foreach (IdeaResult result in await ContendedAsync([one, two], run with { Idea = idea.Name, ContendedSeconds = seconds }, cancellationToken))
                    table.Add(idea, result);
                Console.Error.WriteLine($"round {round} of {rounds}: {idea.Title}");
            }
        }
        return IdeasReport.Publish(table, setting, isQuick, folder);
    }

    private static async Task<IdeaResult> AloneAsync(IdeaProcess worker, IdeaSpec spec, CancellationToken cancellationToken)
    {
        await worker.SayAsync(Wire.Line(Wire.Run, spec));
        return await worker.ResultAsync(cancellationToken);
    }

    private static async Task<IdeaResult[]> ContendedAsync(IdeaProcess[] workers, IdeaSpec spec, CancellationToken cancellationToken)
    {
        // One after the other up to the start, so that neither is made ready beside the other's first touch of the key.
        foreach (IdeaProcess worker in workers)
        {
            await worker.SayAsync(Wire.Line(Wire.Run, spec));
            if (await worker.HearAsync(cancellationToken) is var line && line != Wire.Ready)
                throw new InvalidOperationException($"{spec.Idea}: {line}");
        }
        foreach (IdeaProcess worker in workers)
            await worker.SayAsync(Wire.Go);
        return await Task.WhenAll(workers.Select(worker => worker.ResultAsync(cancellationToken)));
    }

    private static async Task CreateSpaceAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand("SELECT pglocks.create_space('local_cache')", connection);
        await create.ExecuteNonQueryAsync();
    }
}
