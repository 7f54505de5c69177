using Npgsql;
using PgLocks.Backends.Holds;
using PgLocks.Local;
using PgLocks.Postgres;

namespace PgLocks.Backends.Postgres;

/// <summary>Slots as the pairs <c>(class_id, slot)</c> of native instances, with the draws by which each tells the next that it ended cleanly.</summary>
internal abstract class SlotSource(Space space, TimeSpan lockDelay, TimeProvider time) : IHoldSource
{
    private readonly CancellationTokenSource _closed = new();

    public bool IsPool => true;

    protected Space Space => space;

    protected TimeProvider Time => time;

    public async ValueTask<Hold?> AcquireAsync(LockName name, bool once, CancellationToken cancellationToken)
    {
        if (await GainAsync(name.Slot, once, cancellationToken).ConfigureAwait(false) is not { } hold)
            return null;
        if (!hold.IsUnclean || lockDelay == TimeSpan.Zero)
            return hold;
        Task delay = Task.Delay(lockDelay, time, _closed.Token);
        try
        {
            if (!once)
            {
                await delay.WaitAsync(cancellationToken).ConfigureAwait(false);
                return hold;
            }
        }
        catch (OperationCanceledException)
        {
            _ = EndAfterAsync(delay, hold);
            throw;
        }
        _ = EndAfterAsync(delay, hold);
        return null;
    }

    public ValueTask FenceAsync(KeyGate gate, HoldTenure tenure, NpgsqlTransaction transaction, CancellationToken cancellationToken) =>
        FenceCommand.ExecuteAsync(space.ClassId, gate, tenure, transaction, cancellationToken);

    public virtual async ValueTask DisposeAsync() => await _closed.CancelAsync().ConfigureAwait(false);

    /// <summary>Locks the slot and draws its number, or returns <see langword="null"/> when it is asked only once and another has it.</summary>
    protected abstract ValueTask<SlotHold?> GainAsync(int slot, bool once, CancellationToken cancellationToken);

    /// <summary>The last holder died, and its work may go on unseen: a clean release before the delay is over would hide that from the next.</summary>
    private static async Task EndAfterAsync(Task delay, SlotHold hold)
    {
        await delay.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            if (delay.IsCompletedSuccessfully)
                await hold.ReleaseAsync().ConfigureAwait(false);
            else
                await hold.AbandonAsync().ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            MeterSink.ReleaseFailed(failure);
        }
    }
}

/// <summary>A held slot.</summary>
/// <param name="number">What the gain drew; negative after an owner that died.</param>
/// <param name="isServerYoung">Whether the server may have forgotten an owner that lives.</param>
internal abstract class SlotHold(long number, bool isServerYoung) : Hold(Math.Abs(number) << Tenure.CounterBits, Math.Abs(number))
{
    internal bool IsUnclean { get; } = number < 0 || isServerYoung;

    /// <summary>Releases the lock without the draw by which the next holder would take it for a clean end.</summary>
    internal abstract ValueTask AbandonAsync();
}
