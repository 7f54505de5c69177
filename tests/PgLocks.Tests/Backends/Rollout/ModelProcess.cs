using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Time.Testing;
using PgLocks.Backends.Rollout;
using PgLocks.Slots;

namespace PgLocks.Tests.Backends.Rollout;

/// <summary>One process: the real member and the real locks, over a modelled session.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The member owns a timer of the model's clock, and no more.")]
internal sealed class ModelProcess
{
    private readonly int _number;
    private readonly ModelServer _server;
    private readonly FakeTimeProvider _time;
    private readonly RolloutMember _member;
    private readonly RolloutLocks _locks;
    private readonly List<Task<Hold?>> _calls = [];
    private object? _session;
    private SessionLease? _lease;
    private (RolloutState? State, long SentAt)? _answer;

    public ModelProcess(int number, ModelServer server, ModelSide oldSide, ModelSide newSide, FakeTimeProvider time)
    {
        (_number, _server, _time) = (number, server, time);
        _member = new RolloutMember(time, ModelServer.Lease);
        _locks = new RolloutLocks(oldSide.For(number), newSide.For(number), _member, TimeSpan.Zero, time);
    }

    public int Number => _number;

    public bool IsFrozen { get; set; }

    /// <summary>Everything granted and not released, lost or not.</summary>
    public IEnumerable<Hold> Holds => _calls.Where(call => call.IsCompleted).Select(call => call.Result).OfType<Hold>();

    /// <summary>Asks for a key; the answer may wait for a side.</summary>
    public void Acquire(PositionKey key) => _calls.Add(AcquireAsync(key));

    public void Release(int index)
    {
        if (Holds.ElementAtOrDefault(index) is not { } hold)
            return;
        hold.Lease.Dispose();
        _calls.RemoveAll(call => call.IsCompleted && (call.Result is null || call.Result == hold));
    }

    /// <summary>What reaches the server now; the answer comes later.</summary>
    public void Send()
    {
        if (_session is null)
        {
            _session = _server.Join(_number);
            _lease = new SessionLease("rollout");
        }
        _answer ??= (_server.Confirm(_number, _session, _member.Acknowledged), _time.GetTimestamp());
    }

    public void Receive()
    {
        if (_answer is not { } answer)
            return;
        _answer = null;
        if (answer.State is { } state && _member.Confirm(_lease!, state, answer.SentAt))
            return;
        _lease!.TryLose("its session has ended");
        _session = null;
    }

    private async Task<Hold?> AcquireAsync(PositionKey key)
    {
        var lease = await _locks.AcquireAsync((RolloutKey)_locks.Find(key), TimeSpan.Zero, isTry: true, CancellationToken.None);
        // Granted on this very stack, so the state that was proven is the one that the newest session proves.
        return lease is { } granted ? new Hold(key, granted, _lease!) : null;
    }

    internal sealed record Hold(PositionKey Key, LockLease Lease, SessionLease Session);
}
