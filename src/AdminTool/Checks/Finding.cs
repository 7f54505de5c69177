namespace PgLocks.AdminTool.Checks;

/// <summary>What a check found.</summary>
/// <param name="Grade">How bad it is.</param>
/// <param name="Message">The fact.</param>
/// <param name="Remedy">What to do; null when nothing is to be done.</param>
internal sealed record Finding(Grade Grade, string Message, string? Remedy = null)
{
    public static Finding Ok(string message) => new(Grade.Ok, message);

    public static Finding Warn(string message, string remedy) => new(Grade.Warn, message, remedy);

    public static Finding Fail(string message, string remedy) => new(Grade.Fail, message, remedy);
}

/// <summary>How bad it is.</summary>
internal enum Grade
{
    Ok,

    /// <summary>Works, and may not for long.</summary>
    Warn,

    /// <summary>Locks do not work, or not safely.</summary>
    Fail,
}
