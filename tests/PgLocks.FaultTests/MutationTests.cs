using PgLocks.FaultTests.Traffic;

namespace PgLocks.FaultTests;

/// <summary>Whether a run would notice: with one defence turned off it has to fail.</summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    /// <summary>What a fault does to a run without a defence depends on who holds what at that moment: it shows itself soon, but not every time.</summary>
    private const int MostRuns = 4;

    /// <summary>What a run without a defence can also end with: a process that does nothing more.</summary>
    private const string Stuck = "stuck";

    [Theory]
    [InlineData(nameof(Mutation.NoLockDelay), "I2", "net-stall-terminate", 3)]
    [InlineData(nameof(Mutation.NoDeadline), "I2", "net-stall", 2)]
    [InlineData(nameof(Mutation.NoFence), "I3", "terminate-home", 8)]
    [InlineData(nameof(Mutation.NoQuantum), Stuck, "terminate-telemetry", 6)]
    [InlineData(nameof(Mutation.NoQuestion), "I6", "cancel-waiters", 6)]
    public async Task Run_WithoutOneDefence_BreaksAnInvariant(string mutation, string invariant, string fault, int times)
    {
        var broken = new HashSet<string>();
        for (var run = 0; run < MostRuns && !broken.Contains(invariant); run++)
        {
            var options = new RunOptions
            {
                Seed = Random.Shared.Next(),
                Mutation = Enum.Parse<Mutation>(mutation),
                Faults = [.. Enumerable.Repeat(fault, times)],
                OneAtATime = true,
                Processes = 3,
                // Longer than the longest wait, so that a starved process has waited in vain by then.
                Patience = TimeSpan.FromSeconds(8),
            };
            var report = await new FaultRun(options, output.WriteLine, TestContext.Current.CancellationToken).RunAsync();
            broken.UnionWith(report.Violations.Select(violation => violation.Invariant));
            if (report.Stuck.Count > 0)
                broken.Add(Stuck);
        }

        Assert.Contains(invariant, broken);
    }
}
