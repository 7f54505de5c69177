using System.Globalization;
using System.Numerics;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace PgLocks.AdminTool.Rendering;

/// <summary>
/// The pool as a square of cells (16 x 16 for 256 slots), each one the brighter the hotter, and what each brightness means. Without colours, by density.
/// Where the square is too wide, its cells are narrower, then its rows shorter and more.
/// </summary>
/// <param name="heat">Of each slot.</param>
/// <param name="show">A heat for people, with its unit.</param>
internal sealed class Heatmap(IReadOnlyList<long> heat, Func<long, string> show) : IRenderable
{
    private const int LabelWidth = 6;
    private const int Wide = 2;

    // Every so many columns have their number above.
    private const int Named = 4;

    private const int Levels = 4;
    private const double Rounding = 1e-6;
    private const string Densities = "·░▒▓█";

    // From cold to hot, in the terminal's 256 colours: blue, violet, red, yellow.
    private static readonly Color[] Ramp = [Color.Grey23, new(38, 50, 120), new(110, 40, 130), new(200, 50, 60), new(255, 220, 80)];

    public Measurement Measure(RenderOptions options, int maxWidth) => new(LabelWidth, maxWidth);

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        var (columns, cell) = Shape(heat.Count, maxWidth);
        var hottest = heat.Max();
        var coldest = heat.Where(value => value > 0).DefaultIfEmpty(1).Min();
        var isColoured = options.ColorSystem != ColorSystem.NoColors;
        var dim = new Style(decoration: Decoration.Dim);
        if (cell == Wide)
        {
            yield return new Segment(new string(' ', LabelWidth) + string.Concat(Enumerable.Range(0, columns / Named).Select(n => $"{Named * n,-Named * Wide}")), dim);
            yield return Segment.LineBreak;
        }
        for (var start = 0; start < heat.Count; start += columns)
        {
            yield return new Segment(start.ToString(CultureInfo.InvariantCulture).PadLeft(LabelWidth - 1) + " ", dim);
            for (var slot = start; slot < start + columns; slot++)
                yield return Cell(Level(heat[slot], coldest, hottest), cell, isColoured);
            yield return Segment.LineBreak;
        }
        yield return new Segment(new string(' ', LabelWidth));
        foreach (var level in Enumerable.Range(0, Ramp.Length).Where(level => level == 0 || (hottest > 0 && (hottest > coldest || level == Levels))))
        {
            yield return Cell(level, 1, isColoured);
            yield return new Segment(level == 0 ? " none   " : $" up to {show(Highest(level, coldest, hottest))}   ");
        }
        yield return Segment.LineBreak;
    }

    /// <summary>0 for nothing, else 1 to 4: a quarter of the logarithmic scale from the coldest slot that has anything to the hottest.</summary>
    public static int Level(long value, long coldest, long hottest)
    {
        if (value <= 0)
            return 0;
        var share = hottest <= coldest ? 1 : Math.Log((double)value / coldest) / Math.Log((double)hottest / coldest);
        return Math.Clamp((int)Math.Ceiling((share * Levels) - Rounding), 1, Levels);
    }

    /// <summary>The highest value of a level.</summary>
    public static long Highest(int level, long coldest, long hottest) => (long)Math.Floor((coldest * Math.Pow((double)hottest / coldest, (double)level / Levels)) + Rounding);

    private static Segment Cell(int level, int width, bool isColoured) => level == 0
        ? new Segment("·".PadRight(width), isColoured ? new Style(Ramp[0]) : Style.Plain)
        : new Segment(new string(isColoured ? Densities[^1] : Densities[level], width), isColoured ? new Style(Ramp[level]) : Style.Plain);

    // 256 slots: 16 a row; a pool of 2 to an odd power is twice as wide as high.
    private static (int Columns, int Cell) Shape(int slots, int width)
    {
        var columns = 1 << ((BitOperations.Log2((uint)slots) + 1) / 2);
        if (LabelWidth + (Wide * columns) <= width)
            return (columns, Wide);
        while (columns > 1 && LabelWidth + columns > width)
            columns /= 2;
        return (columns, 1);
    }
}
