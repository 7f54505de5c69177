namespace PgLocks.FaultTests.Traffic;

/// <summary>What a worker writes into its journal.</summary>
internal static class Happening
{
    /// <summary>The process has an instance: its id is the text.</summary>
    internal const string Started = "started";

    /// <summary>An acquire returned a lease. The number is when it was called; the text is <see cref="Together"/> where it was called for other keys too.</summary>
    internal const string Granted = "granted";

    /// <summary>An acquire ended with a typed error, which is the text. The number is when it was called; the section is its timeout; the token is <see cref="ByServer"/>, or when the library ended it because its time was over.</summary>
    internal const string Refused = "refused";

    /// <summary>The wait was a statement: the server ends it, and answers.</summary>
    internal const long ByServer = 1;

    /// <summary>An acquire ended with an exception that the contract does not name.</summary>
    internal const string Untyped = "untyped";

    /// <summary>Leases were granted that no caller has: those of an acquire of several keys that ended without them, or of the rehearsal. The number is how many at least, the section how many at most.</summary>
    internal const string Undone = "undone";

    /// <summary>A critical section began. The number is the section that was inside already, or 0; the text is <see cref="InTransaction"/> or <see cref="Late"/> or nothing.</summary>
    internal const string Entered = "entered";

    /// <summary>A critical section ended: <see cref="Done"/> or <see cref="Lost"/>. The number is the deadline of its lease, as last noted.</summary>
    internal const string Left = "left";

    /// <summary>An increment is about to be committed. The number is the new value.</summary>
    internal const string Committing = "committing";

    /// <summary>The server acknowledged the increment.</summary>
    internal const string Acknowledged = "acknowledged";

    /// <summary>The increment failed, for the reason that is the text.</summary>
    internal const string Failed = "failed";

    /// <summary>The whole process stood still, since the number.</summary>
    internal const string Paused = "paused";

    /// <summary>The thread pool did not get to run a timer that was due at the number.</summary>
    internal const string Stalled = "stalled";

    /// <summary>A wait that has nothing to do with locks has ended. The number is when it began; the section is its timeout; the token is <see cref="ByServer"/>, or 0 for a timer of the process.</summary>
    internal const string Controlled = "controlled";

    /// <summary>Everything is released and closed.</summary>
    internal const string Closed = "closed";

    /// <summary>The lock is the transaction's, and dies with it.</summary>
    internal const string InTransaction = "transaction";

    /// <summary>Several keys were acquired at once, so when this one's turn came is not known.</summary>
    internal const string Together = "together";

    /// <summary>The deadline of the lease had passed already.</summary>
    internal const string Late = "late";

    internal const string Done = "done";

    internal const string Lost = "lost";
}
