namespace PgLocks.IntegrationTests.Schema;

/// <summary>Compares a row of the views with the values it was made from.</summary>
internal static class Figures
{
    /// <summary>Half of a bucket's width over its lower end is at most 1/32.</summary>
    private const double LargestError = 0.032;

    public static void AssertClose(long[] values, IReadOnlyDictionary<string, object> row, string prefix)
    {
        var sorted = values.Order().ToArray();
        Assert.Equal((double)values.Sum() / values.Length, (long)row[$"{prefix}_mean_ns"], 1.0);
        Assert.Equal(sorted[^1], row[$"{prefix}_max_ns"]);
        foreach (var (name, q) in ((string, double)[])[("p50", 0.50), ("p95", 0.95), ("p99", 0.99)])
        {
            var exact = sorted[(int)Math.Ceiling(q * sorted.Length) - 1];
            var estimate = (long)row[$"{prefix}_{name}_ns"];
            Assert.True(Math.Abs(estimate - exact) <= LargestError * exact, $"{prefix} {name}: {estimate} for {exact}");
        }
    }
}
