using Npgsql;
using PgLocks;

namespace OrderProcessor;

/// <summary>
/// Tries an order again after what passes: the lock was not granted in time or was lost, or the server went away. Also right when
/// a commit ended without an answer, since an order that was applied is not applied again.
/// </summary>
public sealed class RetryingWorker(Worker worker, TimeProvider time)
{
    private const int Attempts = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <inheritdoc cref="Worker.ApplyAsync(Order, CancellationToken)"/>
    public async Task<bool> ApplyAsync(Order order, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await worker.ApplyAsync(order, cancellationToken);
            }
            catch (Exception passing) when (attempt < Attempts && Passes(passing))
            {
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    private static bool Passes(Exception failure) => failure switch
    {
        LockTimeoutException => true,
        PgLockException locks => locks.IsTransient,
        NpgsqlException database => database.IsTransient,
        _ => false,
    };
}
