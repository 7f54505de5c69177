using PgLocks.AdminTool.Commands.Top;
using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.Tests.AdminTool.Top;

public sealed class TopScreenTests
{
    private static readonly TopFrame Frame = Frames.Of(
        [Frames.Held(3, "5GhCxfBcA7Ur5iiAS343xwvrYHTUfBjBi4JimiL5LhujRT9t", 40_000), Frames.Waiting(3, 5_000), Frames.Kept(4)],
        [Frames.Traffic("busy", 9, 600, waitMs: 1_200, holdMs: 6_000)]);

    private readonly TopView _view = new();

    [Theory]
    [InlineData(160, 24)]
    [InlineData(80, 24)]
    [InlineData(40, 10)]
    [InlineData(20, 6)]
    [InlineData(200, 6)]
    public void Draw_AnySize_FillsItAndNothingBeyond(int width, int height)
    {
        var lines = Draw(new TopScreen(Frame, null, _view, null), width, height);

        Assert.Equal(height, lines.Length);
        Assert.All(lines, line => Assert.True(line.Length <= width, $"{line.Length} of {width}: '{line}'"));
        Assert.StartsWith("pglocks top", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("q quit", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_Slots_ShowsTotalsAndTheWorstFirst()
    {
        var lines = Draw(new TopScreen(Frame, null, _view, null), 180, 12);

        Assert.Equal("pglocks top   database 'orders' on db:5433 as 'op' (PostgreSQL 15.18)", lines[0].TrimEnd());
        Assert.Equal("2026-11-22 10:00:00Z   space 'default'   2 instances live   2 of 256 slots owned   1 session waits, up to 5 s", lines[1].TrimEnd());
        Assert.Equal("per second, over the last 1 min: 10 acquired   20 ms waited   0 collisions   0 timeouts", lines[2].TrimEnd());
        Assert.Equal("slots by wait", lines[3].TrimEnd());
        Assert.Matches("^slot +state +held for +waiters +waits for ", lines[4]);
        Assert.Matches(@"^ +3 +held +40 s +1 +5 s .* 5GhCxfBc…RT9t/EURUSD +orders@host-1 \(pid 4711\)", lines[5]);
        Assert.Matches("^ +9 +- +- +0 +- +10 +20 ms +2 ms +10 ms +10 % ", lines[6]);
        Assert.Matches("^ +4 +kept ", lines[7]);
    }

    [Fact]
    public void Draw_MoreRowsThanRoom_KeepsTheSelectedOneInSight()
    {
        var frame = Frames.Of([.. Enumerable.Range(0, 50).Select(slot => Frames.Kept(slot))]);
        for (var n = 0; n < 30; n++)
            _view.Press(new ConsoleKeyInfo('\0', ConsoleKey.DownArrow, false, false, false), frame.Slots);

        var lines = Draw(new TopScreen(frame, null, _view, null), 80, 15);

        Assert.Contains(lines, line => line.StartsWith("  30  kept", StringComparison.Ordinal));
        Assert.StartsWith("slot", lines[4], StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_KeysWithControlAndWideCharacters_AreHarmlessAndAligned()
    {
        var frame = Frames.Of(Frames.Held(1, "evil\u001b[2J", 9_000), Frames.Held(2, "鍵鍵", 8_000), Frames.Held(3, "plain", 7_000));
        _view.Subject = TopSubject.Keys;
        _view.Order = TopOrder.Hold;

        var lines = Draw(new TopScreen(frame, null, _view, null), 100, 9);

        Assert.Contains("evil\\u001b[2J/EURUSD", lines[5], StringComparison.Ordinal);
        Assert.DoesNotContain(lines, line => line.Contains('\u001b', StringComparison.Ordinal));
        Assert.Equal(lines[7].IndexOf("held", StringComparison.Ordinal) - 2, lines[6].IndexOf("held", StringComparison.Ordinal));
    }

    [Fact]
    public void Draw_Problem_IsSaidAndTheLastFrameStays()
    {
        var lines = Draw(new TopScreen(Frame, null, _view, "Cannot reach it."), 120, 12);

        Assert.Equal("NO NEWS: Cannot reach it.", lines[3].TrimEnd());
        Assert.Contains(lines, line => line.Contains("40 s", StringComparison.Ordinal));
    }

    [Fact]
    public void Draw_SlotLookedInto_ShowsItOnceItIsRead()
    {
        _view.Press(new ConsoleKeyInfo('\r', ConsoleKey.Enter, false, false, false), [Frame.Slots.Single(row => row.Slot == 3)]);
        var detail = new TopSlot(
            3, [new Holder { Slot = 3, State = "kept", BackendPid = 17 }], [], [new SlotKey { Hotkey = "a", Pair = "EURUSD", LastSeenAt = Frames.Start }],
            [new WaitShare { Cause = "other_key", WaitNs = 3_000_000, Ratio = 0.75 }], []);

        Assert.Contains("Reading slot 3 …", Draw(new TopScreen(Frame, null, _view, null), 100, 30)[4], StringComparison.Ordinal);
        var lines = Draw(new TopScreen(Frame, detail, _view, null), 100, 30);

        Assert.All(["slot 3", "Holders", "Nobody waits for it.", "a/EURUSD", "(false contention)    3 ms   75 %", "Nothing happened"], part => Assert.Contains(lines, line => line.Contains(part, StringComparison.Ordinal)));
    }

    private static string[] Draw(TopScreen screen, int width, int height)
    {
        using var output = new StringWriter();
        var console = Consoles.For(output);
        console.Profile.Width = width;
        console.Profile.Height = height;
        console.Write(screen.Draw(width, height));
        return output.ToString().TrimEnd('\n').Split('\n');
    }
}
