using PgLocks.AdminTool;
using PgLocks.IntegrationTests.Locks;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Rollout;

/// <summary>pglocks rollout: what each verb answers, and what it refuses.</summary>
public sealed class RolloutVerbTests(PostgresServer server)
{
    [Theory]
    [InlineData("table")]
    [InlineData("json")]
    [InlineData("csv")]
    public async Task EveryVerb_InOrder_AnswersInTheFormat(string format)
    {
        await using var fixture = await RolloutFixture.CreateAsync(server);
        await fixture.StartAsync("orders");

        foreach (var verb in new[] { "status", "start --percent 10", "advance", "start", "advance", "abort", "abort", "compare" })
        {
            var run = await fixture.RunAsync([.. verb.Split(' '), "--output", format]);
            Assert.True(run.ExitCode == ExitCode.Done, $"{verb}: {run.All}");
            Assert.Empty(run.Errors);
            Assert.NotEmpty(run.Output);
            if (format == "json")
                Assert.True(run.Json.GetProperty("ok").GetBoolean());
            if (verb != "compare")
                Assert.Contains("orders", run.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("abort", "nothing_to_abort")]
    [InlineData("advance", "nothing_to_advance")]
    public async Task Step_NothingToDo_IsRefused(string verb, string code)
    {
        await using var fixture = await RolloutFixture.CreateAsync(server);

        var run = await fixture.JsonAsync(verb);

        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.Equal(code, run.Json.GetProperty("error").GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("--percent 0", ExitCode.BadUsage)]
    [InlineData("--percent 101", ExitCode.BadUsage)]
    [InlineData("--space nowhere", ExitCode.NotFound)]
    public async Task Start_BadArguments_HaveTheirExitCodes(string arguments, int exitCode)
    {
        await using var fixture = await RolloutFixture.CreateAsync(server);

        Assert.Equal(exitCode, (await fixture.RunAsync(["start", .. arguments.Split(' ')])).ExitCode);
    }

    [Fact]
    public async Task Advance_LeaseOfOldIsHeld_IsRefusedAndNamesTheProcess()
    {
        await using var fixture = await RolloutFixture.CreateAsync(server);
        await using var rollout = await fixture.StartAsync("orders");
        var lease = await rollout.AcquireAsync(TestKeys.Key);
        var started = await fixture.JsonAsync("start", "--wait", "1ms");
        Assert.Equal(ExitCode.Done, started.ExitCode);
        await Eventually.ThatAsync(async () => (await Process()).GetProperty("left_behind").GetInt32() == 1, because: "the lease of Old holds it up");

        var refused = await fixture.JsonAsync("advance");

        Assert.Equal(ExitCode.Refused, refused.ExitCode);
        Assert.Equal("process_behind", refused.Json.GetProperty("error").GetProperty("code").GetString());
        Assert.Contains($"orders@{Environment.MachineName} (pid {Environment.ProcessId}) has acknowledged generation 0 of 1, 1 leases", refused.Output, StringComparison.Ordinal);
        lease.Dispose();
        await Eventually.ThatAsync(async () => !(await Process()).GetProperty("is_behind").GetBoolean(), because: "the lease has ended");
        await fixture.StepAsync("advance");

        async Task<System.Text.Json.JsonElement> Process() => (await fixture.JsonAsync("status")).Json.GetProperty("processes")[0];
    }

    [Fact]
    public async Task Abort_StartIsNotAcknowledged_GoesBackAtOnce()
    {
        await using var fixture = await RolloutFixture.CreateAsync(server);
        await using var rollout = await fixture.StartAsync("orders");
        await using (await rollout.AcquireAsync(TestKeys.Key))
        {
            await fixture.JsonAsync("start", "--wait", "1ms");
            var abort = await fixture.JsonAsync("abort", "--wait", "1ms");

            Assert.True(abort.ExitCode == ExitCode.Done, abort.All);
            Assert.Equal("old", abort.Json.GetProperty("mode").GetString());
        }
    }

    [Fact]
    public async Task Compare_AfterLeasesInBoth_ShowsBothSidesOfTheSameCalls()
    {
        await using var fixture = await RolloutFixture.CreateAsync(server);
        await using var rollout = await fixture.StartAsync("orders");
        await fixture.StepAsync("start");
        for (var i = 0; i < 10; i++)
            (await rollout.AcquireAsync(TestKeys.Key)).Dispose();

        await Eventually.EqualAsync("both new 10, both old 10", SidesAsync, because: "figures are written at every interval");

        async Task<string> SidesAsync() => string.Join(", ", (await fixture.JsonAsync("compare")).Json.GetProperty("sides").EnumerateArray()
            .Select(side => $"{side.GetProperty("mode").GetString()} {side.GetProperty("side").GetString()} {side.GetProperty("acquired").GetInt64()}").Order());
    }
}
