using System.Globalization;
using PgLocks.FaultTests.Traffic;

namespace PgLocks.FaultTests.Check;

/// <summary>How long after its timeout a wait ended.</summary>
/// <param name="Wait">Its entry.</param>
/// <param name="SeenMs">As its caller saw it, in milliseconds.</param>
/// <param name="OwnMs">Without the time for which its process ran no timer at all.</param>
/// <param name="EndMs">The same until the library had ended it, and its caller was to go on; null where it was not the library that did.</param>
internal sealed record Lateness(Entry Wait, double SeenMs, double OwnMs, double? EndMs)
{
    /// <summary>Whether the server ended it, and had to answer.</summary>
    internal bool IsByServer => Wait.Token == Happening.ByServer;

    /// <summary>In order.</summary>
    internal static double[] OwnMsOf(IReadOnlyList<Lateness> waits, bool isByServer) => [.. waits.Where(wait => wait.IsByServer == isByServer).Select(wait => wait.OwnMs).Order()];

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"worker {Wait.Worker}, key {Wait.Key}, timeout {Wait.Section} ms{(IsByServer ? ", in a transaction" : "")}: {SeenMs:0} ms late, {OwnMs:0} ms of it while timers ran{(EndMs is { } end ? $" ({end:0} ms until the wait was ended)" : "")}, at {Wait.At}");
}
