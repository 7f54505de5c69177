namespace PgLocks.TestKit;

/// <summary>What may be done to a <see cref="ChildProcess"/>.</summary>
public enum ProcessSignal
{
    /// <summary>Ctrl-C.</summary>
    Interrupt,

    /// <summary>A polite request to end.</summary>
    Terminate,

    /// <summary>The end, at once, with no chance to clear up.</summary>
    Kill,

    /// <summary>Freezes it.</summary>
    Stop,

    /// <summary>Lets a frozen process go on.</summary>
    Continue,
}
