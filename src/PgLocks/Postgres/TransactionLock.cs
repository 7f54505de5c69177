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
        bool isUnclean = lockDelay > TimeSpan.Zero && isServerYoung();
        try
        {
            object?[] tried = await ExecuteAsync(
                transaction, left(), cancellationToken, new(Sql.Savepoint), BatchCommand.Of(Sql.TryTransactionLock, Sequence(slot), isUnclean, space.ClassId, slot)).ConfigureAwait(false);
            if (tried is [DBNull])
                throw FenceCommand.WrongIsolation("it was changed by SQL");
            long epoch = (long)tried[0]!;
            bool wasOwned = epoch == Sql.NotLocked;
            var rest = new List<NpgsqlBatchCommand>();
            if (wasOwned)
            {
                (epoch, string lockTimeout) = await WaitAsync(transaction, gate, isUnclean, left, startedAt, cancellationToken).ConfigureAwait(false);
                rest.Add(BatchCommand.Of(Sql.SetLockTimeout, lockTimeout));
            }
            if (epoch == Sql.DiedOwning)
            {
                if (lockDelay > TimeSpan.Zero)
                    await WaitOutAsync(gate, left(), startedAt, cancellationToken).ConfigureAwait(false);
                rest.Insert(0, BatchCommand.Of(Sql.DrawTransaction, Sequence(slot)));
            }
            object?[] last = await ExecuteAsync(transaction, left(), cancellationToken, [.. rest, new(Sql.ReleaseSavepoint)]).ConfigureAwait(false);
            return (epoch == Sql.DiedOwning ? (long)last[0]! : epoch, wasOwned);
        }
        catch (Exception failure) when (IsToBeUndone(failure))
        {
            await ExecuteAsync(transaction, Grace, CancellationToken.None, new(Sql.RollbackToSavepoint), new(Sql.ReleaseSavepoint)).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What came of the wait, as of a try, and the transaction's own <c>lock_timeout</c>, which is to be set again.</summary>
    private async Task<(long Epoch, string LockTimeout)> WaitAsync(
        NpgsqlTransaction transaction, KeyGate gate, bool isUnclean, Func<TimeSpan> left, long startedAt, CancellationToken cancellationToken)
    {
        int slot = gate.Slot;
        TimeSpan limit = left();
        // Also a single try gives an owner that merely keeps the slot, this instance perhaps, the time to yield it.
        if (limit != Timeout.InfiniteTimeSpan && limit < OneTry)
            limit = OneTry;
        bool waits = true;
        slots.Asked(slot);
        requests.BeginForeign(slot, () => Volatile.Read(ref waits));
        try
        {
            object?[] waited = await ExecuteAsync(
                transaction, limit, cancellationToken,
                BatchCommand.Of(Sql.ReplaceLockTimeout, Milliseconds(limit)), BatchCommand.Of(Sql.WaitForTransactionLock, space.ClassId, slot), BatchCommand.Of(Sql.DrawCleanTransaction, Sequence(slot), isUnclean)).ConfigureAwait(false);
            return ((long)waited[2]!, (string)waited[0]!);
        }
        catch (PostgresException timeout) when (SqlStates.IsLockTimeout(timeout))
        {
            throw TimedOut(gate, startedAt, timeout);
        }
        finally
        {
            Volatile.Write(ref waits, false);
        }
    }

    private async Task WaitOutAsync(KeyGate gate, TimeSpan left, long startedAt, CancellationToken cancellationToken)
    {
        bool tooLong = left != Timeout.InfiniteTimeSpan && left < lockDelay;
        TimeSpan length = tooLong ? left : lockDelay;
        long begun = time.GetTimestamp();
        // A timer goes by a coarser clock, and can be some milliseconds early.
        for (TimeSpan rest; (rest = length - time.GetElapsedTime(begun)) > TimeSpan.Zero;)
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(rest.TotalMilliseconds)), time, cancellationToken).ConfigureAwait(false);
        if (tooLong)
            throw TimedOut(gate, startedAt, cause: null);
    }

    private static bool IsToBeUndone(Exception failure) =>
        !SqlStates.IsFailedTransaction(failure) && (failure is NpgsqlException or PgLockException or LockTimeoutException or OperationCanceledException);

    private LockTimeoutException TimedOut(KeyGate gate, long startedAt, Exception? cause) =>
        new(gate.Key, gate.Slot, time.GetElapsedTime(startedAt), slots[gate.Slot].ForeignHolder, cause);

    /// <summary>In one round trip; of each statement that has rows, the first value of the first one.</summary>
    private static async Task<object?[]> ExecuteAsync(NpgsqlTransaction transaction, TimeSpan limit, CancellationToken cancellationToken, params NpgsqlBatchCommand[] commands)
    {
        var batch = new NpgsqlBatch(transaction.Connection, transaction) { Timeout = Seconds(limit) };
        await using (batch.ConfigureAwait(false))
        {
            foreach (NpgsqlBatchCommand command in commands)
                batch.BatchCommands.Add(command);
            var values = new List<object?>();
            NpgsqlDataReader rows = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (rows.ConfigureAwait(false))
            {
                do
                {
                    if (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
                        values.Add(rows.GetValue(0));
                }
                while (await rows.NextResultAsync(cancellationToken).ConfigureAwait(false));
            }
            return [.. values];
        }
    }

    private static int Seconds(TimeSpan limit) => limit == Timeout.InfiniteTimeSpan ? 0 : (int)Math.Ceiling((limit > TimeSpan.Zero ? limit + Grace : Grace).TotalSeconds);

    private static string Milliseconds(TimeSpan limit) => limit == Timeout.InfiniteTimeSpan ? "0" : Math.Max(1, (int)limit.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);

    private NpgsqlParameter Sequence(int slot) => new() { Value = space.Sequences[slot], NpgsqlDbType = NpgsqlDbType.Oid };
}
