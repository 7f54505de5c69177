using PgLocks.AdminTool.CommandLine;

namespace PgLocks.AdminTool.Rendering;

/// <summary>The renderer of each format.</summary>
internal static class Renderers
{
    public static IRenderer Create(OutputFormat format, Streams streams) => format switch
    {
        OutputFormat.Json => new JsonRenderer(streams.Out),
        OutputFormat.Csv => new CsvRenderer(streams),
        _ => new TableRenderer(streams),
    };
}
