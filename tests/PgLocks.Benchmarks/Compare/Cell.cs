using PgLocks.Benchmarks.Contenders;
using PgLocks.Benchmarks.Worker;

namespace PgLocks.Benchmarks.Compare;

/// <summary>One scenario at one size: its contenders run right after one another.</summary>
internal sealed record Cell(string Scenario, int Processes, int Tasks)
{
    private const int TasksEach = 8;
    private const int CrowdTasks = 64;

    internal IEnumerable<string> Contenders(CompareOptions options, bool hasRedis) =>
        Takers().Where(name => options.Contenders.Contains(name) && (hasRedis || name != ContenderNames.MedallionRedis));

    internal static IReadOnlyList<Cell> Plan(CompareOptions options) =>
        [.. Everything(options).Where(cell => options.Scenarios.Contains(cell.Scenario))];

    private static IEnumerable<Cell> Everything(CompareOptions options)
    {
        foreach (string scenario in new[] { Scenarios.Affine, Scenarios.Uniform, Scenarios.Hot, Scenarios.HotWork })
        {
            foreach (int processes in options.Processes.Where(count => !options.Quick || IsTarget(scenario, count)))
                yield return new Cell(scenario, processes, TasksEach);
        }
        yield return new Cell(Scenarios.Single, 1, 1);
        yield return new Cell(Scenarios.Gain, 1, 1);
        yield return new Cell(Scenarios.HandOver, 2, 1);
        yield return new Cell(Scenarios.Kept, 1, 1);
        // Last: a crowd leaves threads behind that go on looking for work, and memory a heap.
        yield return new Cell(Scenarios.Crowd, 1, CrowdTasks);
        if (options.Memory)
            yield return new Cell(Scenarios.Memory, 1, 1);
    }

    private static bool IsTarget(string scenario, int processes) => (scenario, processes) switch
    {
        (Scenarios.Affine, 1 or 2 or 4) => true,
        (Scenarios.Uniform or Scenarios.Hot, 2 or 4) => true,
        (Scenarios.HotWork, 2) => true,
        _ => false,
    };

    private string[] Takers() => Scenario switch
    {
        Scenarios.HandOver or Scenarios.Kept or Scenarios.Memory => [ContenderNames.Adaptive],
        Scenarios.Affine when Processes > 1 => ContenderNames.All,
        _ => [.. ContenderNames.All.Where(name => name != ContenderNames.AdaptiveLargePool)],
    };
}
