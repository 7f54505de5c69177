using System.Diagnostics.CodeAnalysis;
using PgLocks.Postgres;

namespace PgLocks.Backends.Rollout;

/// <summary>Keeps a session open and confirms on it, on a thread of its own, because a busy thread pool must not stop heartbeats.</summary>
[SuppressMessage("Design", "CA1001", Justification = "An event without a wait handle needs no disposal.")]
internal sealed class RolloutHeart
{
    private readonly RolloutSeat _seat;
    private readonly ManualResetEventSlim _closed = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private RolloutSession? _session;
    private volatile Exception? _failure;

    internal RolloutHeart(RolloutSeat seat, RolloutSession first)
    {
        _seat = seat;
        _session = first;
        _thread = new Thread(Run, 256 * 1024) { IsBackground = true, Name = "pglocks rollout" };
        _thread.Start();
    }

    /// <summary>Why the state is not confirmed; <see langword="null"/> while it is.</summary>
    internal Exception? Failure => _failure;

    /// <summary>Loses what is held and ends the session. Completes when it has ended.</summary>
    internal Task CloseAsync()
    {
        _closed.Set();
        return _ended.Task;
    }

    private void Run()
    {
        TimeSpan pause = Backoff.First;
        while (!_closed.IsSet)
        {
            try
            {
                _session ??= RolloutSession.Open(_seat);
                (_failure, pause) = (null, Backoff.First);
                while (!_closed.Wait(_seat.Options.HeartbeatInterval))
                    _session.Confirm();
            }
            catch (Exception failure) when (LockSession.IsFailure(failure))
            {
                _failure = failure;
                End(failure.Message);
                _closed.Wait(pause);
                pause = Backoff.Next(pause);
            }
        }
        Leave();
        _ended.SetResult();
    }

    private void Leave()
    {
        try
        {
            if (_seat.Member.IsIdle)
                _session?.Leave();
        }
        catch (Exception failure) when (LockSession.IsFailure(failure))
        {
            // It then counts until its lease is over.
        }
        End("the lock provider is closed");
    }

    private void End(string reason)
    {
        _session?.Lose(reason);
        _session?.Dispose();
        _session = null;
    }
}
