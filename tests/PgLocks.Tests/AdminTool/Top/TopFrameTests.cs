using PgLocks.AdminTool.Commands.Top;

namespace PgLocks.Tests.AdminTool.Top;

public sealed class TopFrameTests
{
    [Fact]
    public void Of_LocksAndTraffic_HasARowForEverySlotAndKeyWithEither()
    {
        var frame = Frames.Of(
            [Frames.Held(3, "old", 40_000), Frames.Waiting(3, 2_000), Frames.Waiting(3, 5_000), Frames.Kept(4), Frames.Kept(5, "psql") with { InstanceId = null }],
            [Frames.Traffic("busy", 9, 600, waitMs: 1_200, holdMs: 6_000), Frames.Traffic("old", 3, 60)]);

        Assert.Equal(
            ["3 held 40000 2 5000 1", "4 kept  0  0", "5 foreign  0  0", "9   0  10"],
            frame.Slots.OrderBy(row => row.Slot).Select(row => $"{row.Slot} {row.State} {row.HoldAgeMs} {row.Waiters} {row.LongestWaitMs} {row.AcquiredPerS:0.#}"));
        Assert.Equal(["busy  10", "old held 1"], frame.Keys.OrderBy(row => row.Hotkey).Select(row => $"{row.Hotkey} {row.State} {row.AcquiredPerS:0.#}"));
        Assert.Equal((3, 1, 2), (frame.SlotsOwned, frame.SlotsWaitedFor, frame.Total.Waiters));
        var busy = frame.Slots.Single(row => row.Slot == 9);
        Assert.Equal((0.1, 20e6, 2_000_000, 10_000_000), (busy.Busy, busy.WaitNsPerS, busy.WaitMeanNs, busy.HoldMeanNs));
    }

    [Theory]
    [InlineData(nameof(TopOrder.Wait), "2 1 3 4")]
    [InlineData(nameof(TopOrder.Hold), "4 3 1 2")]
    [InlineData(nameof(TopOrder.Acquired), "3 1 2 4")]
    [InlineData(nameof(TopOrder.Collisions), "1 2 3 4")]
    public void Choose_Order_PutsTheMostFirst(string order, string expected)
    {
        var frame = Frames.Of(
            [Frames.Waiting(2, 10), Frames.Held(4, "held", 5_000)],
            [Frames.Traffic("a", 1, 60, waitMs: 30_000, holdMs: 10, collisions: 9), Frames.Traffic("c", 3, 600, holdMs: 500)]);

        var rows = TopRows.Choose(frame, TopSubject.Slots, Enum.Parse<TopOrder>(order), "");

        Assert.Equal(expected, string.Join(' ', rows.Select(row => row.Slot)));
    }

    [Theory]
    [InlineData("", "1 2 17")]
    [InlineData("1", "1 17")]
    [InlineData("17", "17")]
    [InlineData("MINER-b", "2")]
    [InlineData("eurusd", "1 2")]
    [InlineData("psql", "17")]
    [InlineData("nobody", "")]
    public void Choose_Filter_FitsSlotKeyOrProcess(string filter, string expected)
    {
        var frame = Frames.Of(Frames.Held(1, "miner-a1", 5), Frames.Held(2, "miner-b", 5) with { Application = "two", Pid = 2, Host = "h" }, Frames.Kept(17, "psql1"));

        Assert.Equal(expected, string.Join(' ', TopRows.Choose(frame, TopSubject.Slots, TopOrder.Acquired, filter).Select(row => row.Slot)));
    }
}
