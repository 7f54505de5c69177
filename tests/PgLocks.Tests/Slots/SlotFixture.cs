using Microsoft.Extensions.Time.Testing;
using PgLocks.Local;
using PgLocks.Slots;

namespace PgLocks.Tests.Slots;

/// <summary>One instance's tiers over a backend that a test answers for by hand.</summary>
internal sealed class SlotFixture : ISlotBackend
{
    internal static readonly PositionKey Key = new("first", "slot 0");
    internal static readonly PositionKey OtherKey = new("second", "slot 0");

    private readonly PgLocksOptions _options = new() { ConnectionString = "none" };

    internal SlotFixture(Action<PgLocksOptions>? change = null, LockSink? sink = null)
    {
        change?.Invoke(_options);
        Agenda = new Agenda(Time);
        Pool = new SlotPool(16, new SlotPolicy(_options, Time), Agenda, _ => this);
        Keys = new KeyTier(Time, TimeSpan.FromSeconds(5), sink ?? LockSink.None, "orders", _ => Pool[0], (_, _, _, _) => ValueTask.CompletedTask);
    }

    internal FakeTimeProvider Time { get; } = new();

    internal Agenda Agenda { get; }

    internal SlotPool Pool { get; }

    internal Slot Slot => Pool[0];

    internal KeyTier Keys { get; }

    /// <summary>What the slot has posted and was not answered yet.</summary>
    internal List<string> Posted { get; } = [];

    /// <summary>Whether a session is at hand that could stand in line.</summary>
    internal bool HasIdleWaiter { get; set; }

    internal SessionLease Session { get; private set; } = new("home");

    public void Gain(int slot) => Posted.Add("gain");

    public bool TryGainInLine(int slot)
    {
        if (HasIdleWaiter)
            Posted.Add("gain in line");
        return HasIdleWaiter;
    }

    public void Release(int slot, SessionLease owner, bool urgent) => Posted.Add("release");

    public void Ask(IReadOnlyCollection<int> slots) => Posted.Add("ask");

    public void DrawNumbers(int slot, SessionLease owner) => Posted.Add("draw");

    internal ValueTask<LockLease?> TryAcquireAsync(PositionKey key, TimeSpan timeout = default) => Keys.Find(key).TryAcquireAsync(timeout, default);

    /// <summary>Answers a posted gain: the slot is this instance's.</summary>
    internal void Gained(long epoch = 1, bool unclean = false, long sentAt = 0, string posted = "gain", long opensAt = long.MinValue)
    {
        Assert.Equal(posted, Posted[^1]);
        Posted.Clear();
        Session = new SessionLease("home", opensAt);
        Session.TryRenew(Time.GetTimestamp() + TimeSpan.FromSeconds(10).Ticks, Time.GetTimestamp());
        Pool.Gained(0, Session, epoch, unclean, sentAt);
    }

    /// <summary>A lease that must be there.</summary>
    internal static async Task<LockLease> Granted(ValueTask<LockLease?> acquire)
    {
        Assert.True(acquire.IsCompleted);
        return Assert.NotNull(await acquire);
    }

    internal void Advance(double milliseconds)
    {
        Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        Agenda.RunDue();
    }
}
