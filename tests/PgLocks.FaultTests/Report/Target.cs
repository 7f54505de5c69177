using System.Globalization;
using PgLocks.FaultTests.Check;
using PgLocks.FaultTests.Traffic;

namespace PgLocks.FaultTests.Report;

/// <summary>A time that recovery is to take at most, and what was measured at worst. It tells; it fails nothing.</summary>
internal sealed record Target(string What, double AtMostMs, double[] MeasuredMs)
{
    /// <summary>How long after its timeout a wait may end.</summary>
    internal const double LateMs = 50;

    private static readonly string[] Kinds = ["kill", "freeze-3s", "terminate-home", "net-stall", "net-partition", "restart"];

    public double? WorstMs => MeasuredMs.Length > 0 ? MeasuredMs[^1] : null;

    public string Verdict => WorstMs switch { null => "not measured", var worst when worst <= AtMostMs => "reached", _ => "missed" };

    /// <summary>Whether the recovery from such a fault has a target.</summary>
    internal static bool IsAbout(string fault) => Kinds.Contains(fault);

    internal static IReadOnlyList<Target> Of(IReadOnlyList<Recovery> recoveries, IReadOnlyList<Lateness> waits, IReadOnlyList<Lateness> controls)
    {
        var (delay, lease) = (Times.LockDelay.TotalMilliseconds, Times.ServerLease.TotalMilliseconds);
        return
        [
            new("next holder after a kill: lock delay + 100 ms", delay + 100, Of("kill", recovery => recovery.NextHolderMs)),
            new("frozen process loses its home session: server lease + 500 ms", lease + 500, Of("freeze-3s", recovery => recovery.SessionGoneMs)),
            new("terminated home session is noticed: 300 ms", 300, Of("terminate-home", recovery => recovery.DetectedMs)),
            new("process that is cut off, with notifications on their way to it, loses home and listener session: server lease + 500 ms", lease + 500, [.. Of("net-stall", recovery => recovery.SessionGoneMs).Concat(Of("net-partition", recovery => recovery.SessionGoneMs)).Order()]),
            new("everybody works after a restart, from when the server is up: lock delay + 1 s", delay + 1000, Of("restart", recovery => recovery.RecoveredMs)),
            new("a wait that the library ends, after its timeout, while timers run: 50 ms", LateMs, Lateness.OwnMsOf(waits, isByServer: false)),
            new("for comparison, a bare timer of the same processes: 50 ms", LateMs, Lateness.OwnMsOf(controls, isByServer: false)),
            new("a wait in the caller's transaction, which the server ends, in the same way: 50 ms", LateMs, Lateness.OwnMsOf(waits, isByServer: true)),
            new("for comparison, a bare sleep on a connection of the same processes: 50 ms", LateMs, Lateness.OwnMsOf(controls, isByServer: true)),
        ];

        double[] Of(string fault, Func<Recovery, double[]> times) => recoveries.FirstOrDefault(recovery => recovery.Fault == fault) is { } found ? times(found) : [];
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Verdict,-12}  {What}{(MeasuredMs.Length > 0 ? $" ({Figures})" : "")}");

    /// <summary>Median, worst, and of how many.</summary>
    internal string Figures => string.Create(CultureInfo.InvariantCulture, $"median {MeasuredMs[(MeasuredMs.Length - 1) / 2]:0} ms, worst {WorstMs:0} ms, {MeasuredMs.Count(time => time <= AtMostMs):#,0} of {MeasuredMs.Length:#,0} within it");
}
