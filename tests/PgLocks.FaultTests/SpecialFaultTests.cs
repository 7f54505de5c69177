using PgLocks.FaultTests.Faults;

namespace PgLocks.FaultTests;

/// <summary>Short runs of the faults for which a run is started in a special way. What this machine cannot do is left out, and the report says why.</summary>
public sealed class SpecialFaultTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("clock-of-worker", "clock-of-server", "clock-back-crash", "clock-ahead-restart")]
    [InlineData("disk-full", "disk-full-stop")]
    [InlineData("net-partition")]
    [InlineData("promote")]
    [InlineData("promote-cut-off")]
    [InlineData("pooler-kill", "pooler-outage", "kill", "freeze-3s")]
    public async Task Run_SpecialFaults_HoldsEveryInvariant(params string[] faults)
    {
        var options = new RunOptions { Seed = Random.Shared.Next(), Faults = faults, OneAtATime = true, Processes = 3 };

        var report = await new FaultRun(options, output.WriteLine, TestContext.Current.CancellationToken).RunAsync();

        Assert.True(report.Violations.Count == 0, $"{string.Join('\n', report.Violations.Take(10))}\nRepeat with: {options.Command}");
        Assert.True(report.Stuck.Count == 0, string.Join('\n', report.Stuck));
        Assert.Equal(Fault.Of(options).Select(fault => fault.Name).Order(), report.Faults.Keys.Order());
        Assert.True(report.Acknowledged > 0, "no increment was acknowledged");
    }
}
