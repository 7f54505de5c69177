using PgLocks.AdminTool;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Rollout;

/// <summary>Running processes are moved under load, while one is killed, one is frozen and one is started.</summary>
public sealed class RolloutProcessTests(PostgresServer server)
{
    [Fact]
    public async Task Rollout_FromFilesToPgLocks_LosesNoUpdateAndNeverOverlaps()
    {
        await using var fleet = await Fleet.StartAsync(server, workers: 4);

        await MoveAsync(fleet);
    }

    [Fact]
    public async Task Rollout_FromRedisToPgLocks_LosesNoUpdateAndNeverOverlaps()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var fleet = await Fleet.StartAsync(server, workers: 4, "redis", redis.Configuration);

        await MoveAsync(fleet);
    }

    [Fact]
    public async Task Rollout_AbortedHalfWay_EndsInOld()
    {
        await using var fleet = await Fleet.StartAsync(server, workers: 4);
        await fleet.StepAsync("start", "--percent", "50");
        await fleet.StepAsync("advance");
        await fleet.StepAsync("start");
        await fleet.CountOnAsync(0, 1, 2, 3);

        Assert.Equal("both", (await fleet.StepAsync("abort")).GetProperty("mode").GetString());
        await fleet.CountOnAsync(0, 1, 2, 3);
        Assert.Equal("old", (await fleet.StepAsync("abort")).GetProperty("mode").GetString());
        await fleet.CountOnAsync(0, 1, 2, 3);

        await fleet.StopAsync();
    }

    private static async Task MoveAsync(Fleet fleet)
    {
        await fleet.CountOnAsync(0, 1, 2, 3);
        var frozen = fleet.Workers[2];
        await frozen.AskAsync("hush");
        frozen.Process.Signal(ProcessSignal.Stop);

        // It may still think that every key is Old: so nothing becomes New before it no longer counts.
        var start = await fleet.RunAsync("start", "--wait", "1ms");
        Assert.True(start.ExitCode == ExitCode.Done, start.All);
        fleet.Witness.Bury(3);
        fleet.Workers[3].Process.Signal(ProcessSignal.Kill);
        var refused = await fleet.RunAsync("advance");
        Assert.Equal(ExitCode.Refused, refused.ExitCode);
        Assert.Contains($"(pid {frozen.Process.Id}) has acknowledged generation 0 of 1", refused.Output, StringComparison.Ordinal);

        await Eventually.ThatAsync(fleet.IsAcknowledgedAsync, TimeSpan.FromSeconds(60), "the dead one and the frozen one no longer count");
        Assert.Equal("new", (await fleet.StepAsync("advance")).GetProperty("mode").GetString());
        await fleet.CountOnAsync(0, 1);
        await frozen.TellAsync("go");
        frozen.Process.Signal(ProcessSignal.Continue);
        await fleet.CountOnAsync(0, 1, 2);
        await fleet.AddAsync();
        await fleet.CountOnAsync(0, 1, 2, 4);

        Assert.True(await fleet.IsAcknowledgedAsync());
        await fleet.StopAsync();
    }
}
