using System.Globalization;
using PgLocks.Benchmarks.Contenders;
using PgLocks.Benchmarks.Worker;

namespace PgLocks.Benchmarks.Report;

/// <summary>The figures to reach, each beside what was measured.</summary>
internal static class Targets
{
    private const double Fair = 0.95;

    internal static IReadOnlyList<TargetLine> Evaluate(Results results) =>
    [
        Kept(results, "kept slot, PositionLock.AcquireAsync + release, telemetry on", KeptProbe.LockNanoseconds, KeptProbe.LockBytes, 150),
        Kept(results, "kept slot, AcquireAsync(PositionKey) + release, telemetry on", KeptProbe.KeyNanoseconds, KeptProbe.KeyBytes, 250),
        Against(results, "affine P=1 against DistributedLock.Postgres", Scenarios.Affine, 1, 500, [ContenderNames.MedallionPostgres]),
        Against(results, "affine P=1 against DistributedLock.Redis", Scenarios.Affine, 1, 250, [ContenderNames.MedallionRedis]),
        Against(results, "affine P=2, pool of 256, against the best peer", Scenarios.Affine, 2, 10, ContenderNames.Peers),
        Against(results, "affine P=2, pool of 4,096, against the best peer", Scenarios.Affine, 2, 25, ContenderNames.Peers, contender: ContenderNames.AdaptiveLargePool),
        Against(results, "uniform P=2 against the best peer", Scenarios.Uniform, 2, 8, ContenderNames.Peers, isFair: true),
        Against(results, "uniform P=4 against the best peer", Scenarios.Uniform, 4, 5, ContenderNames.Peers, isFair: true),
        Against(results, "affine P=4, pool of 256, against the best peer", Scenarios.Affine, 4, 4, ContenderNames.Peers),
        Against(results, "hot key P=2 against the best peer", Scenarios.Hot, 2, 100, ContenderNames.Peers, isFair: true, longestMilliseconds: 100),
        Against(results, "hot key P=4 against the best peer", Scenarios.Hot, 4, 100, ContenderNames.Peers, isFair: true, longestMilliseconds: 100),
        .. HotWork(results),
        Gain(results),
        HandOver(results),
        .. Off(results),
        Telemetry(results),
        .. Memory(results),
        Connections(results),
    ];

    private static TargetLine Kept(Results results, string what, string nanoseconds, string bytes, double limit)
    {
        string target = Text($"≤ {limit} ns, 0 bytes");
        return Probe(results, Scenarios.Kept) is not { } probe
            ? Unmeasured(what, target)
            : new TargetLine(what, target, Text($"{probe[nanoseconds]:0} ns, {probe[bytes]:0.##} bytes"), probe[nanoseconds] <= limit && probe[bytes] < 0.5);
    }

    private static TargetLine Against(
        Results results, string what, string scenario, int processes, double factor, string[] peers, bool isFair = false, double? longestMilliseconds = null, string contender = ContenderNames.Adaptive)
    {
        string target = Text($"≥ {factor} ×{(isFair ? $", Jain ≥ {Fair}" : "")}{(longestMilliseconds is { } limit ? $", longest wait ≤ {limit} ms" : "")}");
        if (results.Row(scenario, processes, contender) is not { } row)
            return Unmeasured(what, target);
        if (row.Failure is not null)
            return new TargetLine(what, target, "FAILURE", false);
        double?[] ratios = [.. peers.Select(peer => results.Ratio(row, peer))];
        if (ratios.All(ratio => ratio is null))
            return new TargetLine(what, target, "no peer was measured", null);
        double ratio = ratios.Min()!.Value;
        string measured = Units.Ratio(ratio) + (isFair ? Text($", Jain {row.Jain:0.00}") : "") + (longestMilliseconds is null ? "" : ", " + Units.Time(row.LongestWait));
        return new TargetLine(what, target, measured, ratio >= factor && (!isFair || row.Jain >= Fair) && !(row.LongestWait / 1e6 > longestMilliseconds));
    }

    private static IEnumerable<TargetLine> HotWork(Results results)
    {
        const string What = "hot key, 1 ms of work, P=2";
        Run? row = results.Row(Scenarios.HotWork, 2, ContenderNames.Adaptive);
        if (row is not { Failure: null })
        {
            yield return Unmeasured(What, "≥ 0.9 of the ceiling, p99 ≤ 1.5 × waiters × work");
            yield break;
        }
        double ceiling = 1000 / Scenarios.WorkMilliseconds;
        yield return new TargetLine(What + ": throughput", "≥ 0.9 of the ceiling", Text($"{row.OperationsPerSecond / ceiling:0.00}"), row.OperationsPerSecond >= 0.9 * ceiling);
        double limit = 1.5 * row.Processes * row.Tasks * Scenarios.WorkMilliseconds;
        yield return new TargetLine(What + ": wait p99", Text($"≤ {limit} ms"), Units.Time(row.Wait.P99), row.Wait.P99 / 1e6 <= limit);
    }

    private static TargetLine Gain(Results results)
    {
        const string What = "gain of a free slot by an idle instance";
        const string Target = "≤ 1.0 × one DistributedLock.Postgres cycle";
        return (results.Row(Scenarios.Gain, 1, ContenderNames.Adaptive), results.Row(Scenarios.Gain, 1, ContenderNames.MedallionPostgres)) is ({ Failure: null } own, { Failure: null } peer)
            ? new TargetLine(What, Target, Text($"{Units.Time(own.Wait.P50)} against {Units.Time(peer.Wait.P50 + peer.Hold.P50)} (p50)"), own.Wait.P50 <= peer.Wait.P50 + peer.Hold.P50)
            : Unmeasured(What, Target);
    }

    private static TargetLine HandOver(Results results)
    {
        const string What = "hand-over of a kept, idle slot to another process";
        return results.Row(Scenarios.HandOver, 2, ContenderNames.Adaptive) is { Failure: null } row
            ? new TargetLine(What, "≤ 1 ms p50", Text($"{Units.Time(row.Wait.P50)} (p99 {Units.Time(row.Wait.P99)})"), row.Wait.P50 <= 1e6)
            : Unmeasured(What, "≤ 1 ms p50");
    }

    private static IEnumerable<TargetLine> Off(Results results)
    {
        const string What = "Retention = Off, uncontended";
        double? single = results.Row(Scenarios.Single, 1, ContenderNames.Off) is { } one ? results.Ratio(one, ContenderNames.MedallionPostgres) : null;
        yield return single is { } cycles
            ? new TargetLine(What + ", one task", "≤ 0.7 × one DistributedLock.Postgres cycle", Units.Ratio(1 / cycles), 1 / cycles <= 0.7)
            : Unmeasured(What + ", one task", "≤ 0.7 × one DistributedLock.Postgres cycle");
        double? crowd = results.Row(Scenarios.Crowd, 1, ContenderNames.Off) is { } many ? results.Ratio(many, ContenderNames.MedallionPostgres) : null;
        yield return crowd is { } factor
            ? new TargetLine(What + ", 64 tasks", "≥ 10 × DistributedLock.Postgres", Units.Ratio(factor), factor >= 10)
            : Unmeasured(What + ", 64 tasks", "≥ 10 × DistributedLock.Postgres");
    }

    private static TargetLine Telemetry(Results results)
    {
        const string What = "telemetry on, compared with off, on the kept-slot path";
        if (Probe(results, Scenarios.Kept) is not { } probe)
            return Unmeasured(What, "≤ 25 % slower");
        double on = probe[KeptProbe.LockNanoseconds];
        double off = probe[KeptProbe.SilentNanoseconds];
        return new TargetLine(What, "≤ 25 % slower", Text($"{(on / off - 1) * 100:+0;-0;0} % ({on:0} ns against {off:0} ns)"), on <= 1.25 * off);
    }

    private static IEnumerable<TargetLine> Memory(Results results)
    {
        const string Million = "1,000,000 keys seen once, then silence";
        if (Probe(results, Scenarios.Memory) is not { } probe)
            return [Unmeasured("memory per known key", "≤ 300 bytes", "run with --memory"), Unmeasured(Million, "≤ 20 MB left", "run with --memory")];
        double left = probe[MemoryProbe.LeftOfMillion] / 1e6;
        return
        [
            new TargetLine(
                "memory per known key", "≤ 300 bytes",
                Text($"{probe[MemoryProbe.BytesPerIdleKey]:0} bytes beside the caller's strings; {probe[MemoryProbe.BytesPerKey]:0} with its recorder, for two intervals after a use"),
                probe[MemoryProbe.BytesPerIdleKey] <= 300),
            new TargetLine("100,000 keys, then silence", "≤ 20 MB left", Text($"{probe[MemoryProbe.LeftOfBurst] / 1e6:0.0} MB"), probe[MemoryProbe.LeftOfBurst] <= 20e6),
            new TargetLine(Million, "≤ 20 MB left", Text($"{left:0.0} MB, {probe[MemoryProbe.KeysLeft]:N0} keys still known"), left <= 20),
        ];
    }

    private static TargetLine Connections(Results results)
    {
        const string What = "sessions of one process in affine P=1, steady state";
        const string Target = "home, listener, telemetry pool; no waiter";
        return results.Row(Scenarios.Affine, 1, ContenderNames.Adaptive) is { Failure: null, Sessions: { } seen }
            ? new TargetLine(What, Target, seen, seen.Contains("home 1", StringComparison.Ordinal) && seen.Contains("listener 1", StringComparison.Ordinal) && !seen.Contains("waiter", StringComparison.Ordinal))
            : Unmeasured(What, Target);
    }

    private static IReadOnlyDictionary<string, double>? Probe(Results results, string scenario) =>
        results.Row(scenario, 1, ContenderNames.Adaptive) is { Failure: null, Figures: { Count: > 0 } figures } ? figures : null;

    private static TargetLine Unmeasured(string what, string target, string why = "its scenario was not run, or failed") => new(what, target, why, null);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
