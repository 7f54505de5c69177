using PgLocks.Benchmarks.Load;

namespace PgLocks.Benchmarks.Worker;

/// <summary>The scenarios by the names of <c>--scenarios</c>.</summary>
internal static class Scenarios
{
    internal const string Affine = "affine";
    internal const string Uniform = "uniform";
    internal const string Hot = "hot";
    internal const string HotWork = "hot-work";
    internal const string Single = "single";
    internal const string Crowd = "crowd";
    internal const string Gain = "gain";
    internal const string HandOver = "hand-over";
    internal const string Kept = "kept";
    internal const string Memory = "memory";

    internal const double WorkMilliseconds = 1;

    internal static readonly string[] All = [Affine, Uniform, Hot, HotWork, Single, Crowd, Gain, HandOver, Kept, Memory];

    internal static string Title(string name) => name switch
    {
        Affine => "affine: 5,000 keys, each process has miners of its own",
        Uniform => "uniform: 5,000 keys, any process",
        Hot => "hot: one key",
        HotWork => "hot, 1 ms of work under the lock",
        Single => "one task, 5,000 keys",
        Crowd => "64 tasks, 5,000 keys",
        Gain => "gain of a free slot by an idle instance",
        HandOver => "hand-over of a kept, idle slot",
        Kept => "kept slot, one thread",
        Memory => "memory",
        _ => name,
    };

    internal static int[] KeysOf(RunSpec spec) => spec.Scenario switch
    {
        Affine => KeySet.Affine(spec.Process, spec.Processes),
        Hot or HotWork or Kept or Memory => [0],
        _ => KeySet.All(),
    };

    internal static double WorkOf(string scenario) => scenario == HotWork ? WorkMilliseconds : 0;
}
