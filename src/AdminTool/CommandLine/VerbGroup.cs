using System.CommandLine;

namespace PgLocks.AdminTool.CommandLine;

/// <summary>Verbs of one subject; asks for one of them when called alone.</summary>
internal abstract class VerbGroup : Command, IHasExamples
{
    protected VerbGroup(string name, string description, params Command[] verbs)
        : base(name, description)
    {
        foreach (var verb in verbs)
            Add(verb);
    }

    public IReadOnlyList<string> Examples => [.. Subcommands.OfType<IHasExamples>().SelectMany(verb => verb.Examples.Take(1))];
}
