using System.CommandLine;

namespace PgLocks.AdminTool.CommandLine;

/// <summary>What a run stands on, handed through the parser to the verb.</summary>
internal sealed class ToolConfiguration : InvocationConfiguration
{
    public ToolConfiguration(Streams streams)
    {
        Streams = streams;
        Output = streams.Out;
        Error = streams.Error;
    }

    public Streams Streams { get; }

    public required TimeProvider Time { get; init; }
}
