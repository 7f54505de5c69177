using Microsoft.Extensions.Time.Testing;
using PgLocks.Local;
using PgLocks.Slots;

namespace PgLocks.Tests.Slots;

/// <summary>Turns of one instance, over a backend that the test answers for.</summary>
public sealed class TurnTests : ISlotBackend
{
    private const int PoolSize = 16;
    private const int TurnSlot = PoolSize;

    private readonly FakeTimeProvider _time = new();
    private readonly LateTimers _clock;
    private readonly Agenda _agenda;
    private readonly SlotPool _pool;
    private readonly KeyTier _keys;
    private readonly SessionLease _session = new("home");
    private readonly List<int> _gains = [];
    private readonly HashSet<int> _inLine = [];
    private readonly List<int> _releases = [];
    private readonly List<int> _asked = [];

    public TurnTests()
    {
        var options = new PgLocksOptions { ConnectionString = "none" };
        _clock = new LateTimers(_time);
        _agenda = new Agenda(_clock);
        _pool = new SlotPool(PoolSize, new SlotPolicy(options, _clock), _agenda, _ => this);
        _keys = new KeyTier(_clock, TimeSpan.FromSeconds(5), LockSink.None, "orders", key => _pool[int.Parse(key.TradePairId, null)], (_, _, _, _) => ValueTask.CompletedTask);
        _session.TryRenew(long.MaxValue, 0);
    }

    void ISlotBackend.Gain(int slot) => _gains.Add(slot);

    bool ISlotBackend.TryGainInLine(int slot) => _inLine.Add(slot);

    void ISlotBackend.Release(int slot, SessionLease owner, bool urgent) => _releases.Add(slot);

    void ISlotBackend.Ask(IReadOnlyCollection<int> slots) => _asked.AddRange(slots);

    void ISlotBackend.DrawNumbers(int slot, SessionLease owner)
    {
    }

    [Fact]
    public async Task AcquireAsync_SharedSlotInACrowd_WaitsForTheTurn()
    {
        await MakeCrowdAsync();

        var wait = Acquire(0);

        Assert.False(wait.IsCompleted);
        Assert.Equal([TurnSlot], _gains);
    }

    [Fact]
    public async Task AcquireAsync_SlotThatNobodyElseWanted_IsGainedAtOnce()
    {
        await MakeCrowdAsync();

        _ = Acquire(7);

        Assert.Equal([7], _gains);
    }

    [Fact]
    public async Task TryAcquireAsync_OnceInACrowd_AsksTheServerAtOnce()
    {
        await MakeCrowdAsync();

        _ = Acquire(0, TimeSpan.Zero);

        Assert.Equal([0], _gains);
    }

    [Fact]
    public async Task Gained_TheTurn_TriesEverySharedSlot()
    {
        await MakeCrowdAsync();
        var wait = Acquire(0);

        Gain(TurnSlot);

        Assert.Equal([0, 1, 2, 3], _gains.Order());
        Gain(0, 1, 2, 3);
        Assert.NotNull(await wait);
    }

    [Fact]
    public async Task Gained_TheTurnOfOneThatDied_IsTakenWithoutTheLockDelay()
    {
        await MakeCrowdAsync();
        _ = Acquire(0);

        _gains.Clear();
        _pool.Gained(TurnSlot, _session, epoch: 2, unclean: true, sentAt: 0);

        Assert.Contains(0, _gains);
    }

    [Fact]
    public async Task Blocked_InATurn_AsksForAllThatIsMissingAndTriesItAgain()
    {
        await MakeCrowdAsync();
        _ = Acquire(0);
        Gain(TurnSlot);
        Gain(0, 1);

        Assert.False(_pool.Blocked(2, sentAt: 0));
        Assert.False(_pool.Blocked(3, sentAt: 0));
        _gains.Clear();
        _agenda.RunDue();
        Assert.Equal([2, 3], _asked.Order());
        Pass(TimeSpan.FromMilliseconds(1));

        Assert.Equal([2, 3], _gains.Order());
    }

    [Fact]
    public async Task Asked_ForTheTurn_YieldsEverySharedSlotAfterAQuantumAndThenTheTurn()
    {
        (await HoldTurnAsync()).Dispose();

        _pool.Asked(TurnSlot);
        Assert.Empty(_releases);
        Pass(TimeSpan.FromMilliseconds(2));
        Assert.Equal([0, 1, 2, 3], _releases.Order());
        for (var slot = 0; slot < 4; slot++)
            _pool.Released(slot);

        Assert.Equal(TurnSlot, _releases[^1]);
    }

    [Fact]
    public async Task Asked_ForOneSlotOfATurn_YieldsItWithinAQuantum()
    {
        await HoldTurnAsync();

        _pool.Asked(1);
        Assert.Empty(_releases);
        Pass(TimeSpan.FromMilliseconds(2));

        Assert.Equal([1], _releases);
    }

    [Fact]
    public async Task AcquireAsync_YieldedInATurnOfOurs_IsGainedTogetherWithOthersAndNotInLine()
    {
        await HoldTurnAsync();
        _pool.Asked(1);
        Pass(TimeSpan.FromMilliseconds(2));
        _pool.Released(1);

        _ = Acquire(1);

        Assert.Equal([1], _gains);
        Assert.Empty(_inLine);
    }

    [Fact]
    public async Task AcquireAsync_NoTurnInTime_GoesItsOwnWay()
    {
        await MakeCrowdAsync();
        _ = Acquire(0);
        _gains.Clear();

        Pass(TimeSpan.FromMilliseconds(200));

        Assert.Equal([0], _gains);
    }

    [Fact]
    public async Task AcquireAsync_NoTurnAndItsTimerIsLate_GoesItsOwnWayAllTheSame()
    {
        await MakeCrowdAsync();
        _clock.Lateness = TimeSpan.FromMilliseconds(3);
        _ = Acquire(0);
        _gains.Clear();

        Pass(TimeSpan.FromMilliseconds(200));
        Assert.Empty(_gains);
        Pass(TimeSpan.FromMilliseconds(3));
        Pass(TimeSpan.FromMilliseconds(1));

        Assert.Equal([0], _gains);
    }

    /// <summary>Four slots are found to be owned by another, are gained and yielded again.</summary>
    private async Task MakeCrowdAsync()
    {
        for (var slot = 0; slot < 4; slot++)
        {
            var wait = Acquire(slot);
            Assert.True(_pool.Blocked(slot, sentAt: 0));
            Gain(slot);
            (await wait)!.Value.Dispose();
            _pool.Asked(slot);
            _pool.Released(slot);
        }
        _gains.Clear();
        _releases.Clear();
    }

    /// <summary>The turn is ours, and the crowd's slots with it; the lease is for a key of slot 0.</summary>
    private async Task<LockLease> HoldTurnAsync()
    {
        await MakeCrowdAsync();
        var wait = Acquire(0);
        Gain(TurnSlot);
        Gain(0, 1, 2, 3);
        return (await wait)!.Value;
    }

    private Task<LockLease?> Acquire(int slot, TimeSpan? timeout = null)
    {
        var wait = _keys.Find(new PositionKey("miner", slot.ToString(null as IFormatProvider))).TryAcquireAsync(timeout ?? TimeSpan.FromSeconds(5), default).AsTask();
        _agenda.RunDue();
        return wait;
    }

    private void Gain(params int[] slots)
    {
        foreach (var slot in slots)
        {
            _gains.Remove(slot);
            _pool.Gained(slot, _session, epoch: 1, unclean: false, sentAt: 0);
        }
    }

    private void Pass(TimeSpan time)
    {
        _time.Advance(time);
        _agenda.RunDue();
    }

    /// <summary>A clock whose timers fire later than they should, as those of a busy process do.</summary>
    private sealed class LateTimers(FakeTimeProvider time) : TimeProvider
    {
        internal TimeSpan Lateness { get; set; }

        public override long TimestampFrequency => time.TimestampFrequency;

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime + Lateness, period);
    }
}
