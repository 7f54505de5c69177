namespace PgLocks.FaultTests;

/// <summary>Names that the run and its workers share.</summary>
internal static class RunFiles
{
    internal const string Witness = "witness";

    /// <summary>By which sessions of one worker are found.</summary>
    internal static string ApplicationName(int worker) => $"w{worker}";

    internal static string SessionName(int worker, string role) => $"pglocks:{ApplicationName(worker)}:{role}";
}
