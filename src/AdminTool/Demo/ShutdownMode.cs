namespace PgLocks.AdminTool.Demo;

/// <summary>How PostgreSQL stops.</summary>
public enum ShutdownMode
{
    /// <summary>Sessions are ended, their transactions rolled back, a checkpoint written.</summary>
    Fast,

    /// <summary>At once, as after a crash: the next start recovers from the log.</summary>
    Immediate,
}
