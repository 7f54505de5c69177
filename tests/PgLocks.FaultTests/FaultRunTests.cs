using PgLocks.FaultTests.Faults;

namespace PgLocks.FaultTests;

/// <summary>The short form of the run.</summary>
public sealed class FaultRunTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Run_EveryKindOfFault_HoldsEveryInvariant()
    {
        var options = new RunOptions { Seed = Random.Shared.Next() };

        var report = await new FaultRun(options, output.WriteLine, TestContext.Current.CancellationToken).RunAsync();

        Assert.True(report.Violations.Count == 0, $"{string.Join('\n', report.Violations.Take(10))}\nRepeat with: {options.Command}");
        Assert.True(report.Stuck.Count == 0, string.Join('\n', report.Stuck));
        Assert.Equal(Fault.Of(options).Select(fault => fault.Name).Order(), report.Faults.Keys.Order());
        Assert.True(report.Acknowledged > 0, "no increment was acknowledged");
        Assert.True(report.Turns > 0, "no turn was given");
    }
}
