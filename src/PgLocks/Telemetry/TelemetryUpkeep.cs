using Microsoft.Extensions.Logging;
using Npgsql;

namespace PgLocks.Telemetry;

/// <summary>Has the server keep its tables in shape: partitions made ahead, totals, the roll-up to hours, the end of what is old.</summary>
/// <remarks>Every instance asks; the server lets one at a time do it. What fails, fails for this minute: rows are written all the same.</remarks>
internal sealed class TelemetryUpkeep(NpgsqlDataSource pool, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Rows younger than that alone are not worth a step: it costs something for every key in use, however few they are.</summary>
    private static readonly TimeSpan Fresh = Interval / 2;

    /// <summary>What is left then waits for the next run. Rows of a process whose clock is slow are never fresh, and would keep a run going for as long as they come.</summary>
    private static readonly TimeSpan LongestRun = Interval / 2;

    private bool _isFailing;

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
                await MaintainAsync(cancellationToken).ConfigureAwait(false);
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // Stopped: what was under way is rolled back, and the next instance does it.
        }
    }

    private async Task MaintainAsync(CancellationToken cancellationToken)
    {
        long startedAt = time.GetTimestamp();
        TimeSpan elapsed;
        try
        {
            do
                elapsed = time.GetElapsedTime(startedAt);
            while (elapsed < LongestRun && await StepAsync(elapsed + Fresh, cancellationToken).ConfigureAwait(false) is not null);
            _isFailing = false;
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException or IOException)
        {
            if (!_isFailing)
                Messages.UpkeepFailed(log, failure);
            _isFailing = true;
        }
    }

    private async Task<string?> StepAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        NpgsqlCommand command = pool.CreateCommand(TelemetrySql.Maintain);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new() { Value = age });
            command.CommandTimeout = 0; // a day that is rolled up takes as long as it takes
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) as string;
        }
    }
}
