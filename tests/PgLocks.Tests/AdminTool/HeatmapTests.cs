using PgLocks.AdminTool.Rendering;

namespace PgLocks.Tests.AdminTool;

public sealed class HeatmapTests
{
    [Theory]
    [InlineData(0, 1_000, 0)]
    [InlineData(1, 1_000, 1)]
    [InlineData(30, 1_000, 2)]
    [InlineData(999, 1_000, 4)]
    [InlineData(1_000, 1_000, 4)]
    [InlineData(1, 1, 4)]
    [InlineData(0, 0, 0)]
    public void Level_Value_IsAQuarterOfTheLogarithmicScale(long value, long hottest, int expected) => Assert.Equal(expected, Heatmap.Level(value, hottest));

    [Theory]
    [InlineData(16, 4, 4)]
    [InlineData(256, 16, 16)]
    [InlineData(512, 16, 32)]
    [InlineData(4096, 64, 64)]
    public void Render_Pool_DrawsOneCellASlotInRows(int slots, int rows, int columns)
    {
        using var output = new StringWriter();
        var heat = new long[slots];
        heat[slots - 1] = 5;

        Consoles.For(output).Write(new Heatmap(heat));

        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(rows, lines.Length);
        Assert.All(lines, line => Assert.Equal(6 + (2 * columns), line.TrimEnd('\r').Length));
        Assert.EndsWith("██", lines[^1].TrimEnd('\r'), StringComparison.Ordinal);
        Assert.Equal(slots - 1, output.ToString().Count(character => character == '·'));
    }
}
