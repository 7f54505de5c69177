using System.Data;
using Npgsql;
using NpgsqlTypes;
using PgLocks.Local;
using PgLocks.Slots;

namespace PgLocks.Postgres;

/// <summary>The lock on the caller's own connection, so that lock and data live and die together.</summary>
/// <remarks>
/// Each try and each wait is one round trip, in a savepoint: a lock that was granted in one outlives its release, and what fails is undone and leaves the caller's
/// transaction usable. A wait that times out does not even fail: <c>gain_xact_lock</c> answers, about a round trip before the caller's time is over, and the
/// rest of it passes here. A lock that an owner left behind when it died is given up again, as a released savepoint cannot undo it, and is acquired anew in a
/// savepoint that stays until its lock delay is over; or not at all, if the delay outlasts the timeout.
/// </remarks>
internal sealed class TransactionLock(Space space, SlotPool slots, YieldRequests requests, Adoption adoption, Func<bool> isServerYoung, TimeSpan lockDelay, TimeProvider time)
{
    private static readonly TimeSpan OneTry = TimeSpan.FromMilliseconds(10);

    /// <summary>One that took longer is no measure of the next.</summary>
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromMilliseconds(100);

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
        // The wait for the key took all of it.
        if (call.Timeout != TimeSpan.Zero && IsOver(Left(call)))
            throw TimedOut(call);
        (long epoch, TimeSpan answer) = await TryAsync(commands, call, isUnclean, afterDeath).ConfigureAwait(false);
        call = call with { Answer = answer };
        bool wasOwned = epoch == Sql.NotLocked;
        if (wasOwned)
            epoch = await WaitAsync(commands.ExecuteInSavepointAsync, call, isUnclean, afterDeath).ConfigureAwait(false);
        if (epoch == Sql.DiedOwning)
            epoch = await LockAfterDeathAsync(commands, call, isUnclean).ConfigureAwait(false);
        if (epoch != Sql.NotLocked)
            return (epoch, wasOwned);
        await DelayAsync(Left(call), commands.CancellationToken).ConfigureAwait(false);
        throw TimedOut(call);
    }

    /// <summary>Tries once; again only while nobody has adopted the server yet.</summary>
    private async Task<(long Epoch, TimeSpan Answer)> TryAsync(TransactionCommands commands, Call call, bool isUnclean, string afterDeath)
    {
        for (TimeSpan pause = Backoff.First; ; pause = Backoff.Next(pause))
        {
            long sentAt = time.GetTimestamp();
            long epoch = Epoch(await commands.ExecuteInSavepointAsync(Left(call), Gain(call, isUnclean, lockTimeout: null, afterDeath)).ConfigureAwait(false));
            if (epoch != Sql.NotAdopted)
                return (epoch, time.GetElapsedTime(sentAt));
            adoption.Begin();
            TimeSpan left = Left(call);
            if (IsOver(left))
                throw TimedOut(call, new PgLockException("no lock session of any process has reached the transaction's server since it recovered or was promoted", isTransient: true));
            await DelayAsync(IsLimited(left) && left < pause ? left : pause, commands.CancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<long> LockAfterDeathAsync(TransactionCommands commands, Call call, bool isUnclean)
    {
        if (IsTooLong(Left(call)))
            return Sql.NotLocked;
        await commands.SaveAsync().ConfigureAwait(false);
        try
        {
            // Two answers: what was not granted is undone within the caller's time too.
            long epoch = await WaitAsync(commands.ExecuteAsync, call with { Answer = 2 * call.Answer }, isUnclean, Sql.Keep).ConfigureAwait(false);
            if (epoch == Sql.DiedOwning && !IsTooLong(Left(call)))
            {
                await DelayAsync(lockDelay, commands.CancellationToken).ConfigureAwait(false);
                epoch = Epoch(await commands.ExecuteAsync(Left(call), Gain(call, isUnclean, lockTimeout: null, Sql.Grant)).ConfigureAwait(false));
            }
            if (epoch > Sql.NotLocked)
            {
                await commands.ReleaseAsync().ConfigureAwait(false);
                return epoch;
            }
        }
        catch (Exception failure) when (failure is NpgsqlException or PgLockException or OperationCanceledException)
        {
            await commands.UndoAsync(failure).ConfigureAwait(false);
            throw;
        }
        await commands.UndoAsync().ConfigureAwait(false);
        return Sql.NotLocked;
    }

    private async Task<long> WaitAsync(Func<TimeSpan, NpgsqlBatchCommand, Task<object?>> execute, Call call, bool isUnclean, string afterDeath)
    {
        int slot = call.Gate.Slot;
        bool waits = true;
        slots.Asked(slot);
        requests.BeginForeign(slot, () => Volatile.Read(ref waits));
        try
        {
            TimeSpan limit = LimitOf(call);
            if (IsOver(limit))
                return Sql.NotLocked;
            int lockTimeout = IsLimited(limit) ? (int)Math.Ceiling(limit.TotalMilliseconds) : 0;
            return Epoch(await execute(limit, Gain(call, isUnclean, lockTimeout, afterDeath)).ConfigureAwait(false));
        }
        finally
        {
            Volatile.Write(ref waits, false);
        }
    }

    /// <summary>For how long the server waits: its answer, which takes about as long as the last one, must not come after the caller's time.</summary>
    private TimeSpan LimitOf(Call call)
    {
        if (!IsLimited(call.Timeout))
            return call.Timeout;
        // Also a single try gives an owner that merely keeps the slot, this instance perhaps, the time to yield it.
        return call.Timeout < OneTry ? OneTry : Left(call) - TimeSpan.FromTicks(Math.Min(call.Answer.Ticks, LongestAnswer.Ticks));
    }

    private async Task DelayAsync(TimeSpan length, CancellationToken cancellationToken)
    {
        long begun = time.GetTimestamp();
        // A timer goes by a coarser clock, and can be some milliseconds early.
        for (TimeSpan rest; (rest = length - time.GetElapsedTime(begun)) > TimeSpan.Zero;)
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(rest.TotalMilliseconds)), time, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether a lock delay would outlast the caller's time: then nothing is locked meanwhile, and nothing has to be undone after it.</summary>
    private bool IsTooLong(TimeSpan left) => IsLimited(left) && left < lockDelay;

    private static bool IsOver(TimeSpan left) => IsLimited(left) && left <= TimeSpan.Zero;

    private static bool IsLimited(TimeSpan left) => left != Timeout.InfiniteTimeSpan;

    private TimeSpan Left(Call call) => IsLimited(call.Timeout) ? call.Timeout - time.GetElapsedTime(call.StartedAt) : call.Timeout;

    private LockTimeoutException TimedOut(Call call, PgLockException? cause = null) =>
        new(call.Gate.Key, call.Gate.Slot, time.GetElapsedTime(call.StartedAt), slots[call.Gate.Slot].ForeignHolder, cause);

    private NpgsqlBatchCommand Gain(Call call, bool isUnclean, int? lockTimeout, string afterDeath) => BatchCommand.Of(
        Sql.GainTransactionLock,
        space.ClassId,
        call.Gate.Slot,
        new NpgsqlParameter { Value = space.Sequences[call.Gate.Slot], NpgsqlDbType = NpgsqlDbType.Oid },
        isUnclean,
        new NpgsqlParameter { Value = lockTimeout ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer },
        afterDeath,
        lockDelay);

    private static long Epoch(object? answer) => answer as long? ?? throw FenceCommand.WrongIsolation("it was changed by SQL");

    /// <summary>What one caller wants, and since when; and how long the server's answer to its try took.</summary>
    private readonly record struct Call(KeyGate Gate, TimeSpan Timeout, long StartedAt, TimeSpan Answer = default);
}
