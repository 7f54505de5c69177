using System.Globalization;
using PgLocks.FaultTests.Traffic;

namespace PgLocks.FaultTests.Report;

/// <summary>A time that recovery is to take at most, and what was measured at worst. It tells; it fails nothing.</summary>
internal sealed record Target(string What, double AtMostMs, double? WorstMs)
{
    public string Verdict => WorstMs switch { null => "not measured", var worst when worst <= AtMostMs => "reached", _ => "missed" };

    internal static IReadOnlyList<Target> Of(IReadOnlyList<Recovery> recoveries, double? worstLateness)
    {
        return
        [
            new("next holder after a kill: lock delay + 100 ms", Times.LockDelay.TotalMilliseconds + 100, Worst("kill", recovery => recovery.NextHolderMs)),
            new("frozen process loses its session: server lease + 500 ms", Times.ServerLease.TotalMilliseconds + 500, Worst("freeze", recovery => recovery.SessionGoneMs)),
            new("terminated home is noticed: 300 ms", 300, Worst("terminate-home", recovery => recovery.DetectedMs)),
            new("a wait ends after its timeout: 50 ms", 50, worstLateness),
        ];

        double? Worst(string fault, Func<Recovery, double[]> times) =>
            recoveries.Where(recovery => recovery.Fault.StartsWith(fault, StringComparison.Ordinal)).SelectMany(times).Max(time => (double?)time);
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Verdict,-12}  {What}{(WorstMs is { } worst ? $" (worst {worst:0} ms)" : "")}");
}
