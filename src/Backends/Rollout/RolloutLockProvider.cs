using System.Diagnostics.CodeAnalysis;
using Npgsql;
using PgLocks.Backends.Rollout;
using PgLocks.Postgres;

namespace PgLocks.Backends;

/// <summary>Moves running processes from one lock provider to another, key by key, without a moment in which two of them hold a key under different locks.</summary>
/// <remarks>
/// <code>
/// Old ⇄ Both ⇄ New     the mode of a key: the old lock; the old, then the new one, in this order everywhere; the new lock
/// changed by           pglocks rollout start (Old → Both), advance (Both → New), abort (New → Both, then Both → Old): one row, by one SQL function, one generation a change
/// acted on             by each process from its next heartbeat on; it acknowledges a generation once no lease and no wait of an earlier one is left in it
/// refused              a change after which a key could be Old for one live process and New for another: neighbours share a lock, those two do not
/// live                 a process counts from the commit that makes it known, which is before it reads the state, until its session has ended and its lease is over
/// granted              only while the last answered heartbeat is younger than LeaseDuration, looked at with the locks in hand: what was frozen begins anew
/// frozen or dead       holds changes up until the server ends its session (ServerLeaseDuration) or its lease is over; its leases are lost before that
/// started meanwhile    reads the state as it is; with other sides than a live process it is refused
/// </code>
/// <para>The providers stay the caller's: dispose them after this one. Waits and holds of each side are written for <c>pglocks rollout compare</c>.</para>
/// <para><see cref="LockLease.FencingToken"/> is the old side's in Old and Both, the new side's in New, where <c>start</c> has put the numbers of a PgLocks space above it. Of
/// tokens of one key, do not compare those from before an <c>advance</c> that is not acknowledged yet with those after it; nor across an abort that left New.
/// <see cref="LockLease.FenceAsync"/> is the new side's where that is locked. <see cref="PgLocksOptions.LockOrderChecks"/> of a side does not see through this provider.</para>
/// </remarks>
public sealed class RolloutLockProvider : ILockProvider, IAsyncDisposable
{
    private readonly RolloutLocks _locks;
    private readonly RolloutMember _member;
    private readonly RolloutHeart _heart;
    private readonly FigureWriter _figures;
    private int _disposed;

    private RolloutLockProvider(RolloutSeat seat, RolloutLocks locks, RolloutSession session)
    {
        (_locks, _member, InstanceId) = (locks, seat.Member, seat.InstanceId);
        _heart = new RolloutHeart(seat, session);
        _figures = new FigureWriter(seat, [.. locks.Old.Figures, .. locks.New.Figures]);
        locks.Failure = () => _heart.Failure;
    }

    /// <summary>The id under which this process stands in <c>pglocks.rollout_instances</c>.</summary>
    public Guid InstanceId { get; }

    /// <summary>Connects, joins the rollout of the space and reads its state.</summary>
    /// <param name="oldProvider">What locked until now.</param>
    /// <param name="newProvider">What is to lock.</param>
    /// <param name="options">Where the state is, and how to behave; read once.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="PgLocksConfigurationException">An option is bad, both sides are the same, or a live process means other sides; it is named.</exception>
    /// <exception cref="PgLockException">The server cannot be reached.</exception>
    public static ValueTask<RolloutLockProvider> StartAsync(ILockProvider oldProvider, ILockProvider newProvider, RolloutOptions options, CancellationToken cancellationToken = default) =>
        StartAsync(oldProvider, newProvider, options, TimeProvider.System, cancellationToken);

    /// <inheritdoc/>
    public PositionLock GetLock(string minerHotkey, string tradePairId) => new(_locks, _locks.Find(new PositionKey(minerHotkey, tradePairId)));

    /// <inheritdoc/>
    public ValueTask<LockLease> AcquireAsync(PositionKey key, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        _locks.Find(key).AcquireAsync(timeout, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LockLease?> TryAcquireAsync(PositionKey key, TimeSpan timeout = default, CancellationToken cancellationToken = default) =>
        _locks.Find(key).TryAcquireAsync(timeout, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<MultiLockLease> AcquireAllAsync(IReadOnlyCollection<PositionKey> keys, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        _locks.AcquireAllAsync(keys, timeout is { } given ? Timeouts.Checked(given) : _locks.DefaultTimeout, cancellationToken);

    /// <summary>Grants nothing more; leases that are held are lost. Does not dispose the two providers.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _locks.Closed.CancelAsync().ConfigureAwait(false);
        await _heart.CloseAsync().ConfigureAwait(false);
        await _figures.DisposeAsync().ConfigureAwait(false);
        _member.Dispose();
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The provider owns what is made here, from the moment on at which nothing can fail.")]
    internal static async ValueTask<RolloutLockProvider> StartAsync(
        ILockProvider oldProvider, ILockProvider newProvider, RolloutOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(oldProvider);
        ArgumentNullException.ThrowIfNull(newProvider);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        string oldSide = SideName.Of(oldProvider, options.OldSide, nameof(options.OldSide));
        string newSide = SideName.Of(newProvider, options.NewSide, nameof(options.NewSide));
        if (oldSide == newSide)
            throw new PgLocksConfigurationException($"Both sides are '{oldSide}': a key in mode Both would wait for itself. Name the provider to leave, and the one to go to.");
        PgLocksOptions core = options.Core;
        var connections = new Connections(core);
        Space space = await SpaceFinder.FindAsync(connections, core, cancellationToken).ConfigureAwait(false);
        var member = new RolloutMember(time, options.LeaseDuration);
        var seat = new RolloutSeat(core, connections, space, oldSide, newSide, member, time);
        var locks = new RolloutLocks(oldProvider, newProvider, member, options.AcquireTimeout, time);
        try
        {
            return new RolloutLockProvider(seat, locks, await Task.Run(() => RolloutSession.Open(seat), cancellationToken).ConfigureAwait(false));
        }
        catch (Exception failure)
        {
            member.Dispose();
            if (failure is NpgsqlException refused)
                throw SqlStates.ToStartFailure(refused, connections.Target);
            throw;
        }
    }
}
