using System.CommandLine;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.CommandLine;

/// <summary>The options of every verb.</summary>
internal sealed class CommonOptions
{
    public const string ConnectionVariable = "PGLOCKS_CONNECTION";

    public Option<string?> Connection { get; } = new("--connection")
    {
        Description = $"The database: 'Host=…;Database=…;Username=…;Password=…'. Default: the environment variable {ConnectionVariable}.",
        HelpName = "STRING",
        Recursive = true,
    };

    public Option<string?> Space { get; } = new("--space")
    {
        Description = "The lock space. Default: default.",
        HelpName = "NAME",
        Recursive = true,
    };

    public Option<OutputFormat> Output { get; } = new("--output", "-o")
    {
        Description = "How to print: for people (table, the default), programs or spreadsheets.",
        HelpName = "table|json|csv",
        CustomParser = EnumWord.Parse<OutputFormat>,
        Recursive = true,
    };

    public Option<TimeSpan?> Timeout { get; } = DurationOption.Create(
        "--timeout", "How long the server may take to connect, and for one statement. Default: 10s.", recursive: true);

    public void AddTo(Command root)
    {
        root.Add(Connection);
        root.Add(Space);
        root.Add(Output);
        root.Add(Timeout);
    }
}
