namespace PgLocks.Backends.Rollout;

/// <summary>What locks a key during a rollout.</summary>
internal enum RolloutMode
{
    /// <summary>The old backend alone.</summary>
    Old,

    /// <summary>The old one, then the new one.</summary>
    Both,

    /// <summary>The new backend alone.</summary>
    New,
}
