using CsCheck;
using PgLocks.Tests.Slots.Model;

namespace PgLocks.Tests.Slots;

/// <summary>The real key and slot tiers of several instances over a modelled server, in random schedules.</summary>
/// <remarks>A failure prints its seed and the shortest schedule found; give the seed to <c>Sample</c> to run it again.</remarks>
public sealed class SlotScheduleTests(ITestOutputHelper output)
{
    private const int Schedules = 2_500;

    [Theory]
    [InlineData(Retention.Adaptive, 2, 2.0, 4)]
    [InlineData(Retention.Adaptive, 3, 2.0, 1)]
    [InlineData(Retention.Adaptive, 2, 2.0, 1)]
    [InlineData(Retention.Adaptive, 2, 0.0, 2)]
    [InlineData(Retention.Off, 2, 2.0, 4)]
    [InlineData(Retention.Off, 3, 0.0, 1)]
    public void AnySchedule_RandomSteps_KeepsEveryInvariant(Retention retention, int instances, double quantumMilliseconds, int crowdSize) =>
        Step.Any.Array[1, 120].Sample(
            steps =>
            {
                var world = new ModelWorld(instances, retention, TimeSpan.FromMilliseconds(quantumMilliseconds), crowdSize);
                foreach (var step in steps)
                    world.Run(step);
                world.Quiesce();
                world.Close();
            },
            output.WriteLine,
            iter: Schedules,
            print: steps => $"{retention}, {instances} instances, quantum {quantumMilliseconds} ms, crowds of {crowdSize}:\n{string.Join('\n', steps)}");
}
