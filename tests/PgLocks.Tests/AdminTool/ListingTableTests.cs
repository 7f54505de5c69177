using PgLocks.AdminTool.Rendering;

namespace PgLocks.Tests.AdminTool;

public sealed class ListingTableTests
{
    private const string Key = "5GhCxfBcA7Ur5iiAS343xwvrYHTUfBjBi4JimiL5LhujRT9t/BTCUSD";

    private static readonly Column<int>[] Columns =
    [
        new("key", "key", CellKind.Key, _ => Key),
        new("acquired", "acquired", CellKind.Number, number => number),
        new("wait_p99_ns", "wait p99", CellKind.Nanoseconds, number => number * 1_500_000L),
        new("note", "note", CellKind.Text, _ => "a sentence that may be folded when there is not much room"),
    ];

    [Theory]
    [InlineData(160, Key, "acquired")]
    [InlineData(110, Key, "acquired")]
    [InlineData(70, "5GhCxfBc…RT9t/BTCUSD", "acquired")]
    [InlineData(40, "5GhCxfBc…RT9t/BTCUSD", "wait p99")]
    public void Draw_AnyWidth_KeepsEveryColumnWithinIt(int width, string key, string title)
    {
        var lines = Draw(width);

        Assert.All(lines, line => Assert.True(line.Length <= width, $"{line.Length} of {width}: '{line}'"));
        Assert.All([key, title, "1.5 ms", "folded"], part => Assert.Contains(lines, line => line.Contains(part, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("5GhCxfBcA7Ur5iiA/BTCUSD", "5GhCxfBcA7Ur5iiA/BTCUSD")]
    [InlineData("5GhCxfBcA7Ur5iiAS/BTCUSD", "5GhCxfBc…iiAS/BTCUSD")]
    [InlineData("5GhCxfBcA7Ur5iiAS", "5GhCxfBc…iiAS")]
    [InlineData("-", "-")]
    public void Short_LongHotkey_KeepsItsEnds(string key, string expected) => Assert.Equal(expected, Names.Short(key));

    private static string[] Draw(int width)
    {
        using var output = new StringWriter();
        var console = Consoles.For(output);
        console.Profile.Width = width;
        console.Write(ListingTable.Draw(Listing.Of("things", [1], Columns, ""), width));
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
