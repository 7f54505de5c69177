namespace PgLocks.AdminTool;

/// <summary>A verb cannot do what it was asked for.</summary>
/// <param name="exitCode">One of <see cref="ExitCode"/>.</param>
/// <param name="code">A stable name for programs, in snake_case.</param>
/// <param name="message">What is wrong, for people.</param>
/// <param name="next">What to do next.</param>
/// <param name="innerException">What the server or the system threw.</param>
internal sealed class ToolException(int exitCode, string code, string message, string next, Exception? innerException = null)
    : Exception(message, innerException)
{
    public int ExitCode { get; } = exitCode;

    public string Code { get; } = code;

    public string Next { get; } = next;
}
