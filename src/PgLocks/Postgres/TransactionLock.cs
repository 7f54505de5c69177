using System.Data;
using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using PgLocks.Local;
using PgLocks.Slots;

namespace PgLocks.Postgres;

/// <summary>The lock on the caller's own connection, so that lock and data live and die together.</summary>
/// <remarks>
/// The wait stands in a savepoint: a timeout undoes the wait and leaves the caller's transaction usable, and a lock that is granted
/// in a savepoint outlives its release.
/// </remarks>
internal sealed class TransactionLock(Space space, SlotPool slots, YieldRequests requests, Func<bool> isServerYoung, TimeSpan lockDelay, TimeProvider time)
{
    private static readonly TimeSpan OneTry = TimeSpan.FromMilliseconds(10);

    /// <summary>A server that answers at all ends a wait in time by itself; one that does not within this time more is given up, and the connection with it.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly EpochRun.Table _runs = new();

    internal async ValueTask<LockLease> AcquireAsync(NpgsqlTransaction transaction, KeyGate found, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            return await AcquireUncheckedAsync(transaction, found, timeout, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (SqlStates.ToTransactionFailure(failure, found.Key, isUndone: true) is { } typed)
        {
            throw typed;
        }
    }

    private async ValueTask<LockLease> AcquireUncheckedAsync(NpgsqlTransaction transaction, KeyGate found, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (transaction.IsolationLevel is not (IsolationLevel.ReadCommitted or IsolationLevel.Unspecified))
            throw FenceCommand.WrongIsolation(transaction.IsolationLevel.ToString());
        long startedAt = time.GetTimestamp();
        LockLease key = await found.AcquireKeyAsync(timeout, cancellationToken).ConfigureAwait(false);
        // Another one, if the gate was evicted since it was found.
        var gate = (KeyGate)key.Lock!;
        try
        {
            TimeSpan Left() => timeout == Timeout.InfiniteTimeSpan ? timeout : timeout - time.GetElapsedTime(startedAt);
            (long epoch, bool wasOwned) = await LockAsync(transaction, gate, Left, startedAt, cancellationToken).ConfigureAwait(false);
            return gate.Complete(new TransactionTenure(epoch, transaction, _runs.Add(transaction, gate.Slot, epoch)), epoch << Tenure.CounterBits, startedAt, wasOwned);
        }
        catch (Exception failure)
        {
            gate.GiveUp(startedAt, timedOut: failure is LockTimeoutException);
            throw;
        }
    }

    private async Task<(long Epoch, bool WasOwned)> LockAsync(NpgsqlTransaction transaction, KeyGate gate, Func<TimeSpan> left, long startedAt, CancellationToken cancellationToken)
    {
        int slot = gate.Slot;
        await ExecuteAsync(transaction, Sql.Savepoint, left(), cancellationToken).ConfigureAwait(false);
        try
        {
            object? locked = await ExecuteAsync(transaction, Sql.TryTransactionLock, left(), cancellationToken, Int(space.ClassId), Int(slot)).ConfigureAwait(false);
            if (locked is DBNull)
                throw FenceCommand.WrongIsolation("it was changed by SQL");
            if (locked is not true)
                await WaitAsync(transaction, gate, left, startedAt, cancellationToken).ConfigureAwait(false);
            bool unclean = await ExecuteAsync(transaction, Sql.DiedOwning, left(), cancellationToken, Sequence(slot)).ConfigureAwait(false) is true || isServerYoung();
            if (unclean && lockDelay > TimeSpan.Zero)
                await WaitOutAsync(gate, left(), startedAt, cancellationToken).ConfigureAwait(false);
            long epoch = (long)(await ExecuteAsync(transaction, Sql.DrawTransaction, left(), cancellationToken, Sequence(slot)).ConfigureAwait(false))!;
            await ExecuteAsync(transaction, Sql.ReleaseSavepoint, left(), cancellationToken).ConfigureAwait(false);
            return (epoch, locked is not true);
        }
        catch (Exception failure) when (failure is NpgsqlException or PgLockException or LockTimeoutException or OperationCanceledException)
        {
            await ExecuteAsync(transaction, Sql.RollbackToSavepoint, Grace, CancellationToken.None).ConfigureAwait(false);
            await ExecuteAsync(transaction, Sql.ReleaseSavepoint, Grace, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    private async Task WaitAsync(NpgsqlTransaction transaction, KeyGate gate, Func<TimeSpan> left, long startedAt, CancellationToken cancellationToken)
    {
        int slot = gate.Slot;
        TimeSpan limit = left();
        // Also a single try gives an owner that merely keeps the slot, this instance perhaps, the time to yield it.
        if (limit != Timeout.InfiniteTimeSpan && limit < OneTry)
            limit = OneTry;
        var before = (string)(await ExecuteAsync(transaction, Sql.LockTimeout, left(), cancellationToken).ConfigureAwait(false))!;
        await ExecuteAsync(transaction, Sql.SetLockTimeout, left(), cancellationToken, Milliseconds(limit)).ConfigureAwait(false);
        bool waits = true;
        slots.Asked(slot);
        requests.BeginForeign(slot, () => Volatile.Read(ref waits));
        try
        {
            await ExecuteAsync(transaction, Sql.WaitForTransactionLock, limit, cancellationToken, Int(space.ClassId), Int(slot)).ConfigureAwait(false);
        }
        catch (PostgresException timeout) when (SqlStates.IsLockTimeout(timeout))
        {
            throw TimedOut(gate, startedAt, timeout);
        }
        finally
        {
            Volatile.Write(ref waits, false);
        }
        await ExecuteAsync(transaction, Sql.SetLockTimeout, left(), cancellationToken, new NpgsqlParameter { Value = before }).ConfigureAwait(false);
    }

    private async Task WaitOutAsync(KeyGate gate, TimeSpan left, long startedAt, CancellationToken cancellationToken)
    {
        bool tooLong = left != Timeout.InfiniteTimeSpan && left < lockDelay;
        await Task.Delay(tooLong ? TimeSpan.FromTicks(Math.Max(0, left.Ticks)) : lockDelay, time, cancellationToken).ConfigureAwait(false);
        if (tooLong)
            throw TimedOut(gate, startedAt, cause: null);
    }

    private LockTimeoutException TimedOut(KeyGate gate, long startedAt, Exception? cause) =>
        new(gate.Key, gate.Slot, time.GetElapsedTime(startedAt), slots[gate.Slot].ForeignHolder, cause);

    private static async Task<object?> ExecuteAsync(NpgsqlTransaction transaction, string sql, TimeSpan limit, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlCommand(sql, transaction.Connection, transaction) { CommandTimeout = Seconds(limit) };
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.AddRange(parameters);
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static int Seconds(TimeSpan limit) => limit == Timeout.InfiniteTimeSpan ? 0 : (int)Math.Ceiling((limit > TimeSpan.Zero ? limit + Grace : Grace).TotalSeconds);

    private static NpgsqlParameter Int(int value) => new() { Value = value };

    private static NpgsqlParameter Milliseconds(TimeSpan limit) =>
        new() { Value = limit == Timeout.InfiniteTimeSpan ? "0" : Math.Max(1, (int)limit.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) };

    private NpgsqlParameter Sequence(int slot) => new() { Value = space.Sequences[slot], NpgsqlDbType = NpgsqlDbType.Oid };
}
