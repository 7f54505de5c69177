namespace PgLocks;

/// <summary>What an acquisition waited for; one wait can have several causes.</summary>
[Flags]
internal enum WaitCauses
{
    None = 0,

    /// <summary>The same key was held or waited for in this process.</summary>
    Key = 1,

    /// <summary>The slot admitted nobody while it was yielded, because another key of it was held.</summary>
    Slot = 2,

    /// <summary>Another process, or another session, owned the slot.</summary>
    Process = 4,
}
