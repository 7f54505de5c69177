using System.Globalization;
using System.Numerics;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace PgLocks.AdminTool.Rendering;

/// <summary>The pool as a square of cells (16 x 16 for 256 slots), each one the brighter the hotter. Without colours, by density.</summary>
internal sealed class Heatmap(IReadOnlyList<long> heat) : IRenderable
{
    private const string Densities = "·░▒▓█";

    // From cold to hot, in the terminal's 256 colours: blue, violet, red, yellow.
    private static readonly Color[] Ramp = [Color.Grey23, new(38, 50, 120), new(110, 40, 130), new(200, 50, 60), new(255, 220, 80)];

    public Measurement Measure(RenderOptions options, int maxWidth) => new(Width(Side()), Width(Side()));

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        var side = Side();
        var hottest = heat.Max();
        var isColoured = options.ColorSystem != ColorSystem.NoColors;
        for (var start = 0; start < heat.Count; start += side)
        {
            yield return new Segment(start.ToString(CultureInfo.InvariantCulture).PadLeft(5) + " ", new Style(decoration: Decoration.Dim));
            for (var slot = start; slot < start + side; slot++)
                yield return Cell(Level(heat[slot], hottest), isColoured);
            yield return Segment.LineBreak;
        }
    }

    /// <summary>0 for nothing, else 1 to 4: a quarter of the logarithmic scale up to the hottest.</summary>
    public static int Level(long value, long hottest)
    {
        if (value <= 0)
            return 0;
        var share = hottest <= 1 ? 1 : Math.Log(value + 1.0) / Math.Log(hottest + 1.0);
        return Math.Clamp((int)Math.Ceiling(share * (Ramp.Length - 1)), 1, Ramp.Length - 1);
    }

    private static Segment Cell(int level, bool isColoured) => isColoured
        ? new Segment(level == 0 ? "· " : "██", new Style(Ramp[level]))
        : new Segment(level == 0 ? "· " : new string(Densities[level], 2));

    private static int Width(int side) => 6 + (2 * side);

    // 256 slots: 16 a row; a pool of 2 to an odd power is twice as wide as high.
    private int Side() => 1 << ((BitOperations.Log2((uint)heat.Count) + 1) / 2);
}
