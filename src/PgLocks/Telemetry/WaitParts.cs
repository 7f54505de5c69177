namespace PgLocks.Telemetry;

/// <summary>A wait taken apart by what it waited for, in nanoseconds; the parts add up to the wait.</summary>
/// <param name="Key">For a holder of the same key in this instance.</param>
/// <param name="Yield">For a slot that this instance was giving away.</param>
/// <param name="Process">For another process that holds the same key.</param>
/// <param name="Slot">For another key of the same slot.</param>
/// <param name="Session">For a session that could ask the server.</param>
/// <param name="Server">For the server's answer.</param>
internal readonly record struct WaitParts(long Key, long Yield, long Process, long Slot, long Session, long Server)
{
    internal long Sum => Key + Yield + Process + Slot + Session + Server;

    internal WaitParts Plus(in WaitParts other) => new(
        Key + other.Key, Yield + other.Yield, Process + other.Process, Slot + other.Slot, Session + other.Session, Server + other.Server);

    internal WaitParts Minus(in WaitParts other) => new(
        Key - other.Key, Yield - other.Yield, Process - other.Process, Slot - other.Slot, Session - other.Session, Server - other.Server);
}
