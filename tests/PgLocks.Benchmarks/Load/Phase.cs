namespace PgLocks.Benchmarks.Load;

/// <summary>The times of one run.</summary>
internal static class Phase
{
    internal const int WarmUp = 0;
    internal const int Measured = 1;
    internal const int Stopped = 2;
}
