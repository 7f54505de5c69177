using Spectre.Console;
using Spectre.Console.Rendering;

namespace PgLocks.AdminTool.Rendering;

/// <summary>The whole terminal, for as long as this is not disposed; then it is as it was before.</summary>
internal sealed class TerminalScreen : IDisposable
{
    private const string Enter = "\u001b[?1049h\u001b[?25l";
    private const string Leave = "\u001b[?25h\u001b[?1049l";
    private const string Home = "\u001b[H";
    private const string Clear = "\u001b[2J";

    private readonly TextWriter _output;
    private readonly IAnsiConsole _console;
    private (int Width, int Height) _size;

    public TerminalScreen(TextWriter output)
    {
        _output = output;
        _console = Consoles.For(output);
        _output.Write(Enter);
        _output.Flush();
    }

    /// <summary>Draws over what was drawn last; a terminal that has another size now is cleared first.</summary>
    public void Draw(Func<int, int, IRenderable> draw)
    {
        var size = (_console.Profile.Width, _console.Profile.Height);
        _output.Write(size == _size ? Home : Home + Clear);
        _size = size;
        _console.Write(draw(size.Width, size.Height));
        _output.Flush();
    }

    public void Dispose()
    {
        _output.Write(Leave);
        _output.Flush();
    }
}
