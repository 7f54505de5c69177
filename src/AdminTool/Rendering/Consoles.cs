using Spectre.Console;

namespace PgLocks.AdminTool.Rendering;

/// <summary>Drawing on a writer: with colours and folded to the width on a terminal only.</summary>
internal static class Consoles
{
    private const int Unfolded = 10_000;

    public static IAnsiConsole For(TextWriter writer)
    {
        var isTerminal = IsTerminal(writer);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
                ? ColorSystemSupport.Detect
                : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!isTerminal)
            console.Profile.Width = Unfolded;
        return console;
    }

    /// <summary>Whether the whole screen can be drawn on: a terminal that knows how to move the cursor.</summary>
    public static bool CanDraw(TextWriter writer) => IsTerminal(writer) && For(writer).Profile.Capabilities.Ansi;

    public static bool IsTerminal(TextWriter writer) =>
        (ReferenceEquals(writer, Console.Out) && !Console.IsOutputRedirected) || (ReferenceEquals(writer, Console.Error) && !Console.IsErrorRedirected);
}
