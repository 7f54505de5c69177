namespace PgLocks.Tests.Telemetry;

/// <summary>A wait of which nothing is known.</summary>
internal sealed class NoWait : IWait
{
    internal static readonly NoWait Instance = new();

    public KeyLock Lock => throw new NotSupportedException();

    public WaitCauses Causes => WaitCauses.None;

    public long Waited => 0;

    public long SpentOn(WaitPart part) => 0;
}
