using System.Data;
using Npgsql;
using NpgsqlTypes;
using PgLocks.Local;
using PgLocks.Slots;

namespace PgLocks.Postgres;

/// <summary>The lock on the caller's own connection, so that lock and data live and die together.</summary>
/// <remarks>
/// Each try and each wait is one round trip, in a savepoint: a lock that was granted in one outlives its release, and what fails is undone and leaves the caller's
/// transaction usable. A wait that times out does not even fail: <c>gain_xact_lock</c> answers. A lock that an owner left behind when it died is given up again, as
/// a released savepoint cannot undo it, and is acquired anew in a savepoint that stays until its lock delay is over;
/// or not at all, if the delay outlasts the timeout.
/// </remarks>
internal sealed class TransactionLock(Space space, SlotPool slots, YieldRequests requests, Func<bool> isServerYoung, TimeSpan lockDelay, TimeProvider time)
{
    private static readonly TimeSpan OneTry = TimeSpan.FromMilliseconds(10);

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
            (long epoch, bool wasOwned) = await LockAsync(new(transaction, cancellationToken), new(gate, timeout, startedAt)).ConfigureAwait(false);
            return gate.Complete(new TransactionTenure(epoch, transaction, _runs.Add(transaction, gate.Slot, epoch)), epoch << Tenure.CounterBits, startedAt, wasOwned);
        }
        catch (Exception failure)
        {
            gate.GiveUp(startedAt, timedOut: failure is LockTimeoutException);
            throw;
        }
    }

    private async Task<(long Epoch, bool WasOwned)> LockAsync(TransactionCommands commands, Call call)
    {
        bool isUnclean = lockDelay > TimeSpan.Zero && isServerYoung();
        string afterDeath = lockDelay > TimeSpan.Zero ? Sql.Undo : Sql.Grant;
        long epoch = Epoch(await commands.ExecuteInSavepointAsync(Left(call), Gain(call, isUnclean, lockTimeout: null, afterDeath)).ConfigureAwait(false));
        bool wasOwned = epoch == Sql.NotLocked;
        if (wasOwned)
            epoch = await WaitAsync(commands.ExecuteInSavepointAsync, call, isUnclean, afterDeath).ConfigureAwait(false);
        if (epoch == Sql.DiedOwning)
            epoch = await LockAfterDeathAsync(commands, call, isUnclean).ConfigureAwait(false);
        return (epoch, wasOwned);
    }

    private async Task<long> LockAfterDeathAsync(TransactionCommands commands, Call call, bool isUnclean)
    {
        // It throws when the caller's time is over: for a delay that outlasts it nothing is locked, and nothing has to be undone then.
        if (IsTooLong(Left(call)))
            await WaitOutAsync(call, commands.CancellationToken).ConfigureAwait(false);
        await commands.SaveAsync().ConfigureAwait(false);
        try
        {
            long epoch = await WaitAsync(commands.ExecuteAsync, call, isUnclean, Sql.Keep).ConfigureAwait(false);
            if (epoch == Sql.DiedOwning)
            {
                await WaitOutAsync(call, commands.CancellationToken).ConfigureAwait(false);
                epoch = Epoch(await commands.ExecuteAsync(Left(call), Gain(call, isUnclean, lockTimeout: null, Sql.Grant)).ConfigureAwait(false));
            }
            await commands.ReleaseAsync().ConfigureAwait(false);
            return epoch;
        }
        catch (Exception failure) when (failure is NpgsqlException or PgLockException or LockTimeoutException or OperationCanceledException)
        {
            await commands.UndoAsync(failure).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<long> WaitAsync(Func<TimeSpan, NpgsqlBatchCommand, Task<object?>> execute, Call call, bool isUnclean, string afterDeath)
    {
        int slot = call.Gate.Slot;
        TimeSpan limit = Left(call);
        if (limit != Timeout.InfiniteTimeSpan && limit < OneTry)
        {
            if (limit <= TimeSpan.Zero && call.Timeout >= OneTry)
                throw TimedOut(call);
            // Also a single try gives an owner that merely keeps the slot, this instance perhaps, the time to yield it.
            limit = OneTry;
        }
        bool waits = true;
        slots.Asked(slot);
        requests.BeginForeign(slot, () => Volatile.Read(ref waits));
        try
        {
            int lockTimeout = limit == Timeout.InfiniteTimeSpan ? 0 : (int)limit.TotalMilliseconds;
            long epoch = Epoch(await execute(limit, Gain(call, isUnclean, lockTimeout, afterDeath)).ConfigureAwait(false));
            return epoch == Sql.NotLocked ? throw TimedOut(call) : epoch;
        }
        finally
        {
            Volatile.Write(ref waits, false);
        }
    }

    /// <exception cref="LockTimeoutException">The caller's time was over before the lock delay.</exception>
    private async Task WaitOutAsync(Call call, CancellationToken cancellationToken)
    {
        TimeSpan left = Left(call);
        bool tooLong = IsTooLong(left);
        TimeSpan length = tooLong ? left : lockDelay;
        long begun = time.GetTimestamp();
        // A timer goes by a coarser clock, and can be some milliseconds early.
        for (TimeSpan rest; (rest = length - time.GetElapsedTime(begun)) > TimeSpan.Zero;)
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(rest.TotalMilliseconds)), time, cancellationToken).ConfigureAwait(false);
        if (tooLong)
            throw TimedOut(call);
    }

    private bool IsTooLong(TimeSpan left) => left != Timeout.InfiniteTimeSpan && left < lockDelay;

    private TimeSpan Left(Call call) => call.Timeout == Timeout.InfiniteTimeSpan ? call.Timeout : call.Timeout - time.GetElapsedTime(call.StartedAt);

    private LockTimeoutException TimedOut(Call call) => new(call.Gate.Key, call.Gate.Slot, time.GetElapsedTime(call.StartedAt), slots[call.Gate.Slot].ForeignHolder, cause: null);

    private NpgsqlBatchCommand Gain(Call call, bool isUnclean, int? lockTimeout, string afterDeath) => BatchCommand.Of(
        Sql.GainTransactionLock,
        space.ClassId,
        call.Gate.Slot,
        new NpgsqlParameter { Value = space.Sequences[call.Gate.Slot], NpgsqlDbType = NpgsqlDbType.Oid },
        isUnclean,
        new NpgsqlParameter { Value = lockTimeout ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer },
        afterDeath);

    private static long Epoch(object? answer) => answer as long? ?? throw FenceCommand.WrongIsolation("it was changed by SQL");

    /// <summary>What one caller wants, and since when.</summary>
    private readonly record struct Call(KeyGate Gate, TimeSpan Timeout, long StartedAt);
}
