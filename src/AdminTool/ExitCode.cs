namespace PgLocks.AdminTool;

/// <summary>What the tool returns to the shell.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>A <c>--fail-if-any</c>, or a check of <c>doctor</c>, found something.</summary>
    public const int Found = 1;

    public const int BadUsage = 2;

    public const int CannotConnect = 3;

    /// <summary>The schema is missing or of another version.</summary>
    public const int SchemaMismatch = 4;

    public const int Refused = 5;

    public const int NotFound = 6;

    /// <summary>Ctrl-C, as shells count it.</summary>
    public const int Interrupted = 130;
}
