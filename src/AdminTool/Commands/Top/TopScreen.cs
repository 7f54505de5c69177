using System.Globalization;
using PgLocks.AdminTool.Commands.Locks;
using PgLocks.AdminTool.Rendering;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace PgLocks.AdminTool.Commands.Top;

/// <summary>A frame as it stands on the terminal: totals, rows or one slot, and which keys there are.</summary>
/// <param name="Frame">What there is.</param>
/// <param name="Detail">The slot that is looked into; null: not read yet, or none is.</param>
/// <param name="View">What of it is wanted.</param>
/// <param name="Problem">Why there is nothing newer.</param>
internal sealed record TopScreen(TopFrame Frame, TopSlot? Detail, TopView View, string? Problem)
{
    private const int HeaderLines = 4;
    private const int FooterLines = 1;

    /// <summary>Those that are wanted, in order.</summary>
    public IReadOnlyList<TopRow> Rows => TopRows.Choose(Frame, View.Subject, View.Order, View.Filter);

    public IRenderable Draw(int width, int height)
    {
        var room = Math.Max(1, height - HeaderLines - FooterLines);
        return new Layout().SplitRows(
            new Layout(Header(width)).Size(HeaderLines),
            new Layout(View.Slot is { } slot ? Slot(slot, width, room) : List(width, room)).Size(room),
            new Layout(Line(TopView.Help, width, new Style(decoration: Decoration.Dim))).Size(FooterLines));
    }

    private Rows Header(int width) => new(
        Line($"pglocks top   {Frame.Server}", width, new Style(decoration: Decoration.Bold)),
        Line(
            $"{Cells.Show(Frame.Reading.At, CellKind.Time)}   space '{Frame.Space.Name}'   {Frame.Reading.Instances} instances live   "
            + $"{Frame.SlotsOwned} of {Frame.Space.PoolSize} slots owned   {Waiting()}", width),
        Line(string.Create(CultureInfo.InvariantCulture,
            $"per second, over the last {Durations.Show(Frame.Total.Period)}: {Show(Frame.Total.AcquiredPerS)} acquired   {Durations.Show(Frame.Total.WaitNsPerS)} waited   "
            + $"{Show(Frame.Total.CollisionsPerS)} collisions   {Show(Frame.Total.TimedOutPerS)} timeouts"), width),
        State(width));

    private string Waiting() => Frame.Total.Waiters == 0
        ? "nobody waits"
        : $"{Frame.Total.Waiters} {(Frame.Total.Waiters == 1 ? "session waits" : "sessions wait")}, up to {Cells.Show(Frame.Total.LongestWaitMs, CellKind.Milliseconds)}";

    private Text State(int width)
    {
        if (Problem is not null)
            return Line($"NO NEWS: {Problem}", width, new Style(Color.Red));
        if (View.IsTyping)
            return Line($"filter: {View.Filter}_", width);
        var parts = new List<string> { View.Slot is { } slot ? $"slot {slot}" : $"{View.Subject.ToString().ToLowerInvariant()} by {View.Order.ToString().ToLowerInvariant()}" };
        if (View.Filter.Length > 0)
            parts.Add($"filter '{View.Filter}'");
        if (View.IsPaused)
            parts.Add("PAUSED");
        return Line(string.Join("   ", parts), width, new Style(Color.Yellow));
    }

    private IRenderable List(int width, int room)
    {
        var listing = TopColumns.Listing(Frame, View.Subject, Rows);
        return listing.Rows.Count == 0 ? Line(View.Filter.Length > 0 ? $"Nothing fits the filter '{View.Filter}'." : listing.Empty, width) : FittedTable.Draw(listing, width, room, View.Selected);
    }

    private Rows Slot(int slot, int width, int room)
    {
        if (Detail?.Slot != slot)
            return new Rows(Line($"Reading slot {slot} …", width));
        Listing[] listings =
        [
            Listing.Of("holders", Detail.Holders, HolderColumns.All, "Nobody holds it."),
            Listing.Of("waiters", Detail.Waiters, WaiterColumns.All, "Nobody waits for it."),
            Listing.Of("keys", Detail.Keys, SlotColumns.Keys, "No key lives in it yet."),
            Listing.Of("waits", Detail.Waits, SlotColumns.Waits, "Nobody waited.", "Waited for in the last hour"),
            Listing.Of("events", Detail.Events, SlotColumns.Events, "Nothing happened that was recorded."),
        ];
        var heights = Shares([.. listings.Select(listing => listing.Rows.Count + 1)], room - listings.Length);
        return new Rows(listings.SelectMany((listing, at) => new[]
        {
            Line(listing.Title ?? char.ToUpperInvariant(listing.Name[0]) + listing.Name[1..], width, new Style(decoration: Decoration.Bold)),
            listing.Rows.Count == 0 ? Line(listing.Empty, width) : FittedTable.Draw(listing, width, heights[at], selected: null),
        }));
    }

    /// <summary>Everybody gets what he needs, as long as there is room; what small ones leave is for the large ones.</summary>
    private static int[] Shares(int[] needs, int room)
    {
        var shares = new int[needs.Length];
        var left = needs.Length;
        foreach (var at in Enumerable.Range(0, needs.Length).OrderBy(at => needs[at]))
        {
            shares[at] = Math.Clamp(room / left--, 1, needs[at]);
            room -= shares[at];
        }
        return shares;
    }

    private static string Show(double number) => Cells.Show(number, CellKind.Number);

    private static Text Line(string text, int width, Style? style = null) => new(ScreenText.Cut(TerminalText.Escape(text), width), style);
}
