namespace PgLocks;

/// <summary>What an instance does with a slot that nobody in it wants any more.</summary>
public enum Retention
{
    /// <summary>Keeps it until another process asks, so that the next acquire costs no round trip; releases at once while others ask for it often.</summary>
    Adaptive,

    /// <summary>Always releases it.</summary>
    Off,
}
