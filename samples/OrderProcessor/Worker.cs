using Npgsql;
using PgLocks;

namespace OrderProcessor;

/// <summary>Applies one order to its position, once, whatever other processors do meanwhile.</summary>
/// <param name="locks">Null works without locks, to show what is lost then.</param>
/// <param name="database">Where the positions are.</param>
/// <param name="work">What an order takes besides the database, such as a call for a price.</param>
/// <param name="time">The clock of <paramref name="work"/>.</param>
public sealed class Worker(ILockProvider? locks, NpgsqlDataSource database, TimeSpan work, TimeProvider time)
{
    /// <summary>Returns false when the order had been applied before.</summary>
    public async Task<bool> ApplyAsync(Order order, CancellationToken cancellationToken)
    {
        if (locks is null)
            return await ApplyAsync(order, default(LockLease?), cancellationToken);

        await using var lease = await locks.AcquireAsync(order.Key(), cancellationToken: cancellationToken);
        return await ApplyAsync(order, lease, cancellationToken);
    }

    private async Task<bool> ApplyAsync(Order order, LockLease? lease, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (lease is { } held)
            await held.FenceAsync(transaction, cancellationToken);

        var position = await PositionStore.FindAsync(transaction, order.PositionUuid) ?? Position.Open(order);
        if (work > TimeSpan.Zero)
            await Task.Delay(work, time, cancellationToken);
        if (!await PositionStore.TrySaveAsync(transaction, position.Apply(order), order.OrderUuid))
            return false;

        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
