using Npgsql;

namespace PgLocks.AdminTool.Queries;

/// <summary>Figures over a window.</summary>
internal static class StatsQueries
{
    /// <summary>What <c>--sort</c> may say, and the column that it means. Only these columns ever get into a statement.</summary>
    public static IReadOnlyDictionary<string, string> Sorts { get; } =
        new[]
            {
                "acquired", "timed-out", "contended-key", "contended-slot", "contended-process", "lost",
                "wait-mean", "wait-p50", "wait-p95", "wait-p99", "wait-max", "hold-mean", "hold-p50", "hold-p95", "hold-p99", "hold-max",
            }
            .ToDictionary(
                sort => sort,
                sort => sort.Replace('-', '_') + (sort.StartsWith("wait", StringComparison.Ordinal) || sort.StartsWith("hold", StringComparison.Ordinal) ? "_ns" : ""));

    public static Task<IReadOnlyList<Figures>> KeysAsync(NpgsqlConnection connection, StatsRequest request, CancellationToken cancellationToken) =>
        ListAsync(connection, "key_stats_since", "hotkey, pair", request, cancellationToken);

    public static Task<IReadOnlyList<Figures>> SlotsAsync(NpgsqlConnection connection, StatsRequest request, CancellationToken cancellationToken) =>
        ListAsync(connection, "slot_stats_since", "slot", request, cancellationToken);

    public static Task<IReadOnlyList<Figures>> InstancesAsync(NpgsqlConnection connection, StatsRequest request, CancellationToken cancellationToken) =>
        ListAsync(connection, "instance_stats_since", "started_at DESC, instance_id", request, cancellationToken);

    private static Task<IReadOnlyList<Figures>> ListAsync(
        NpgsqlConnection connection, string function, string then, StatsRequest request, CancellationToken cancellationToken) =>
        connection.ListAsync<Figures>(
            $"SELECT * FROM pglocks.{function}(@Since) WHERE space = @Space ORDER BY {Sorts[request.Sort]} DESC NULLS LAST, {then} LIMIT @Top",
            new { request.Since, request.Space, request.Top },
            cancellationToken);
}

/// <summary>Which figures.</summary>
/// <param name="Space">The lock space.</param>
/// <param name="Since">The window that ends now; null: all that is kept.</param>
/// <param name="Sort">One of <see cref="StatsQueries.Sorts"/>.</param>
/// <param name="Top">How many at most.</param>
internal sealed record StatsRequest(string Space, TimeSpan? Since, string Sort, int Top);
