namespace PgLocks.Benchmarks.Report;

/// <summary>One line of the table of targets.</summary>
/// <param name="What">What is measured.</param>
/// <param name="Target">The figure to reach.</param>
/// <param name="Measured">The figure reached, or why there is none.</param>
/// <param name="Reached">Null when it was not measured.</param>
internal sealed record TargetLine(string What, string Target, string Measured, bool? Reached)
{
    internal string Verdict => Reached switch { true => "reached", false => "missed", null => "not measured" };
}
