using System.Diagnostics.CodeAnalysis;

namespace PgLocks.Backends.Holds;

/// <summary>One lock of the backend, held by this process.</summary>
/// <param name="token">The fencing token of leases under it.</param>
/// <param name="epoch">The slot's number, where there is one that transactions can be tied to.</param>
[SuppressMessage("Design", "CA1001", Justification = "A token source without a timer needs no disposal, and leases hand its token out beyond any owner's life.")]
internal abstract class Hold(long token, long epoch = 0)
{
    private readonly Lock _sync = new();
    private CancellationTokenSource? _lost;
    private bool _isOver;

    internal long Token { get; } = token;

    internal long Epoch { get; } = epoch;

    internal bool IsLost => Volatile.Read(ref _lost) is { IsCancellationRequested: true };

    /// <summary>Made when it is first asked for, because some backends watch a lock only for whoever asks.</summary>
    internal CancellationToken LostToken
    {
        get
        {
            lock (_sync)
                return (_lost ??= _isOver ? new CancellationTokenSource() : CancellationTokenSource.CreateLinkedTokenSource(Watched())).Token;
        }
    }

    /// <summary>The backend no longer vouches for it. Users' callbacks run on the thread pool.</summary>
    internal void Lose()
    {
        CancellationTokenSource lost;
        lock (_sync)
        {
            if (_isOver)
                return;
            lost = _lost ??= new CancellationTokenSource();
        }
        _ = lost.CancelAsync();
    }

    internal ValueTask ReleaseAsync()
    {
        lock (_sync)
            _isOver = true;
        return ReleaseCoreAsync();
    }

    /// <summary>What the backend's own library tells of the loss of a lock.</summary>
    protected virtual CancellationToken Watched() => CancellationToken.None;

    protected abstract ValueTask ReleaseCoreAsync();
}
