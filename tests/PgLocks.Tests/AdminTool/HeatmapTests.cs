using PgLocks.AdminTool.Rendering;

namespace PgLocks.Tests.AdminTool;

public sealed class HeatmapTests
{
    [Theory]
    [InlineData(0, 1, 10_000, 0)]
    [InlineData(1, 1, 10_000, 1)]
    [InlineData(10, 1, 10_000, 1)]
    [InlineData(11, 1, 10_000, 2)]
    [InlineData(1_000, 1, 10_000, 3)]
    [InlineData(10_000, 1, 10_000, 4)]
    [InlineData(2_000_000, 2_000_000, 4_000_000_000, 1)]
    [InlineData(7, 7, 7, 4)]
    [InlineData(0, 1, 0, 0)]
    public void Level_Value_IsAQuarterOfTheLogarithmicScale(long value, long coldest, long hottest, int expected) =>
        Assert.Equal(expected, Heatmap.Level(value, coldest, hottest));

    [Fact]
    public void Highest_EachLevel_IsTheLastValueOfIt() =>
        Assert.All([1, 2, 3, 4], level =>
        {
            var highest = Heatmap.Highest(level, 3, 1_000);
            Assert.Equal(level, Heatmap.Level(highest, 3, 1_000));
            Assert.Equal(Math.Min(level + 1, 4), Heatmap.Level(highest + 1, 3, 1_000));
        });

    [Theory]
    [InlineData(16, 80, 4, 4, 2)]
    [InlineData(256, 80, 16, 16, 2)]
    [InlineData(512, 80, 16, 32, 2)]
    [InlineData(4096, 200, 64, 64, 2)]
    [InlineData(4096, 80, 64, 64, 1)]
    [InlineData(4096, 40, 128, 32, 1)]
    [InlineData(256, 30, 16, 16, 1)]
    public void Render_Pool_DrawsOneCellASlotInRowsThatFit(int slots, int width, int rows, int columns, int cell)
    {
        var heat = new long[slots];
        heat[slots - 1] = 5;

        var lines = Draw(heat, width);

        if (cell == 2)
        {
            Assert.EndsWith($" {columns - 4}", lines[0].TrimEnd(), StringComparison.Ordinal);
            lines = lines[1..];
        }
        Assert.Equal(rows, lines.Length - 1);
        Assert.All(lines[..rows], line => Assert.Equal(6 + (cell * columns), line.Length));
        Assert.EndsWith(new string('█', cell), lines[rows - 1], StringComparison.Ordinal);
        Assert.Equal(slots - 1, lines[..rows].Sum(line => line.Count(character => character == '·')));
    }

    [Fact]
    public void Render_Legend_TellsWhatEachLevelMeansWithItsUnit()
    {
        var heat = new long[256];
        heat[0] = 10_000;
        Assert.Equal("      · none   █ up to 10000 ms", Draw(heat, 200)[^1].TrimEnd());

        heat[1] = 1;
        Assert.Equal("      · none   ░ up to 10 ms   ▒ up to 100 ms   ▓ up to 1000 ms   █ up to 10000 ms", Draw(heat, 200)[^1].TrimEnd());
        Assert.Equal("      · none", Draw(new long[256], 200)[^1].TrimEnd());
    }

    private static string[] Draw(long[] heat, int width)
    {
        using var output = new StringWriter();
        var console = Consoles.For(output);
        console.Profile.Width = width;
        console.Write(new Heatmap(heat, value => $"{value} ms"));
        return [.. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r'))];
    }
}
