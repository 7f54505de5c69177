namespace PgLocks.AdminTool.CommandLine;

/// <summary>A command whose help ends with command lines to copy.</summary>
internal interface IHasExamples
{
    IReadOnlyList<string> Examples { get; }
}
