namespace PgLocks.AdminTool.CommandLine;

/// <summary>Where a run reads its answers from, and where it writes to: the answer to <paramref name="Out"/>, progress, questions and errors to <paramref name="Error"/>.</summary>
public sealed record Streams(TextReader In, TextWriter Out, TextWriter Error)
{
    /// <summary>Whether somebody can be asked.</summary>
    public bool IsInteractive => ReferenceEquals(In, Console.In) ? !Console.IsInputRedirected : In != TextReader.Null;
}
