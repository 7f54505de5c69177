namespace PgLocks.Backends.Rollout;

/// <summary>Acquires keys as the state of the rollout says.</summary>
/// <remarks>
/// A caller is counted into the state that it reads, before it asks for a lock and until its lease has ended; and is granted only if, with the locks in hand, that state
/// is still proven to count. A wait that outlasted the proof gives its locks back and begins anew.
/// </remarks>
internal sealed class RolloutLocks(ILockProvider oldProvider, ILockProvider newProvider, RolloutMember member, TimeSpan defaultTimeout, TimeProvider time) : IKeyLocks
{
    internal RolloutSide Old { get; } = new(oldProvider, RolloutMode.Old, time);

    internal RolloutSide New { get; } = new(newProvider, RolloutMode.New, time);

    internal TimeSpan DefaultTimeout => defaultTimeout;

    /// <summary>Why the state is not confirmed, for messages.</summary>
    internal Func<Exception?> Failure { get; set; } = static () => null;

    internal CancellationTokenSource Closed { get; } = new();

    public KeyLock Find(PositionKey key) => new RolloutKey(key, this);

    /// <returns><see langword="null"/> where a try has failed.</returns>
    internal async ValueTask<LockLease?> AcquireAsync(RolloutKey key, TimeSpan timeout, bool isTry, CancellationToken cancellationToken)
    {
        long startedAt = time.GetTimestamp();
        while (await EnterAsync(key, startedAt, timeout, isTry, cancellationToken).ConfigureAwait(false) is { } entry)
        {
            RolloutTenure? tenure = await AcquireSidesAsync(key, entry, startedAt, timeout, isTry, cancellationToken).ConfigureAwait(false);
            if (tenure is null)
                return null;
            if (entry.IsProvenAt(time.GetTimestamp()))
                return new LockLease(key, tenure, tenure.Token);
            tenure.Exit();
        }
        return null;
    }

    /// <summary>All old locks, then all new ones: whatever the modes of the keys, nobody takes them in another order.</summary>
    internal async ValueTask<MultiLockLease> AcquireAllAsync(IReadOnlyCollection<PositionKey> keys, TimeSpan timeout, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keys);
        RolloutKey[] locks = [.. keys.Distinct().Select(key => new RolloutKey(key, this)).OrderBy(key => key.Slot).ThenBy(key => key.Key.ToString(), StringComparer.Ordinal)];
        if (locks.Length == 0)
            return new MultiLockLease([]);
        long startedAt = time.GetTimestamp();
        while (true)
        {
            RolloutEntry entry = (await EnterAsync(locks[0], startedAt, timeout, isTry: false, cancellationToken).ConfigureAwait(false))!;
            MultiLockLease? oldLeases = null;
            try
            {
                oldLeases = await AllOfAsync(Old).ConfigureAwait(false);
                MultiLockLease newLeases = await AllOfAsync(New).ConfigureAwait(false);
                var all = new MultiLockLease([.. locks.Select(key => LeaseOf(key, oldLeases, newLeases))]);
                if (entry.IsProvenAt(time.GetTimestamp()))
                    return all;
                all.Dispose();
            }
            catch
            {
                oldLeases?.Dispose();
                throw;
            }
            finally
            {
                entry.Use.Exit();
            }

            ValueTask<MultiLockLease> AllOfAsync(RolloutSide side) => side.AcquireAllAsync(
                [.. locks.Where(key => side.Locks(entry.State.ModeOf(key.Hash))).Select(key => key.Key)], Timeouts.Left(timeout, time.GetElapsedTime(startedAt)), cancellationToken);

            LockLease LeaseOf(RolloutKey key, MultiLockLease oldLeases, MultiLockLease newLeases)
            {
                RolloutMode mode = entry.State.ModeOf(key.Hash);
                // The caller's own entry keeps the state's count above zero meanwhile.
                entry.Use.TryEnter();
                var tenure = new RolloutTenure(entry, Of(Old, oldLeases), Of(New, newLeases));
                return new LockLease(key, tenure, tenure.Token);

                SideLease? Of(RolloutSide side, MultiLockLease leases) => side.Locks(mode) ? new SideLease(leases[key.Key], side.FiguresOf(mode)) : null;
            }
        }
    }

    private async ValueTask<RolloutTenure?> AcquireSidesAsync(RolloutKey key, RolloutEntry entry, long startedAt, TimeSpan timeout, bool isTry, CancellationToken cancellationToken)
    {
        RolloutMode mode = entry.State.ModeOf(key.Hash);
        SideLease? oldLease = null;
        try
        {
            oldLease = await SideAsync(Old, key.Old).ConfigureAwait(false);
            SideLease? newLease = oldLease is null && Old.Locks(mode) ? null : await SideAsync(New, key.New).ConfigureAwait(false);
            if ((oldLease is not null || !Old.Locks(mode)) && (newLease is not null || !New.Locks(mode)))
                return new RolloutTenure(entry, oldLease, newLease);
        }
        catch
        {
            GiveUp();
            throw;
        }
        GiveUp();
        return null;

        async ValueTask<SideLease?> SideAsync(RolloutSide side, PositionLock position) => side.Locks(mode)
            ? await side.AcquireAsync(position, mode, Timeouts.Left(timeout, time.GetElapsedTime(startedAt)), isTry, cancellationToken).ConfigureAwait(false)
            : null;

        void GiveUp()
        {
            oldLease?.Lease.Dispose();
            entry.Use.Exit();
        }
    }

    /// <returns><see langword="null"/> where a try has failed.</returns>
    private async ValueTask<RolloutEntry?> EnterAsync(RolloutKey key, long startedAt, TimeSpan timeout, bool isTry, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(Closed.IsCancellationRequested, typeof(RolloutLockProvider));
            // Before the look: a confirmation in between is then not missed.
            Task confirmation = member.NextConfirmation;
            if (member.TryEnter() is { } entry)
                return entry;
            TimeSpan waited = time.GetElapsedTime(startedAt);
            if (Timeouts.IsOver(timeout, waited))
                return isTry ? null : throw new LockTimeoutException(key.Key, key.Slot, waited, holder: null, Failure());
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Closed.Token);
            await Task.WhenAny(confirmation, Task.Delay(Timeouts.Left(timeout, waited), time, ends.Token)).ConfigureAwait(false);
            await ends.CancelAsync().ConfigureAwait(false);
        }
    }
}
