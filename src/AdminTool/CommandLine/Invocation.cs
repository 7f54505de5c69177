using System.CommandLine;
using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.CommandLine;

/// <summary>One call of a verb: its options, and the way to answer.</summary>
internal sealed class Invocation
{
    private readonly ParseResult _parsed;
    private readonly CommonOptions _common;
    private readonly IRenderer _renderer;

    public Invocation(ParseResult parsed, CommonOptions common)
    {
        _parsed = parsed;
        _common = common;
        var configuration = (ToolConfiguration)parsed.InvocationConfiguration;
        Streams = configuration.Streams;
        Time = configuration.Time;
        _renderer = Renderers.Create(Format, Streams);
    }

    public Streams Streams { get; }

    public OutputFormat Format => _parsed.GetValue(_common.Output);

    public string Space => _parsed.GetValue(_common.Space) ?? "default";

    public TimeSpan Timeout => GivenTimeout ?? TimeSpan.FromSeconds(10);

    /// <summary>Null unless it was asked for.</summary>
    public TimeSpan? GivenTimeout => _parsed.GetValue(_common.Timeout);

    public TimeProvider Time { get; }

    /// <summary>Null when no database was named.</summary>
    public string? ConnectionString =>
        (_parsed.GetValue(_common.Connection) ?? Environment.GetEnvironmentVariable(CommonOptions.ConnectionVariable)) is { Length: > 0 } given ? given : null;

    /// <exception cref="ToolException">None was given, or it cannot be read.</exception>
    public ConnectionTarget Target => ConnectionTarget.Parse(ConnectionString);

    public T? Get<T>(Option<T> option) => _parsed.GetValue(option);

    public T? Get<T>(Argument<T> argument) => _parsed.GetValue(argument);

    /// <summary>Prints the answer.</summary>
    public int Answer(Report report, int exitCode = ExitCode.Done)
    {
        _renderer.Write(report);
        return exitCode;
    }

    /// <summary>Prints why there is none.</summary>
    public int Fail(ToolException failure)
    {
        _renderer.Write(failure);
        return failure.ExitCode;
    }

    /// <summary>For an answer that is repeated: the next one takes the place of the last one, on a terminal.</summary>
    public void StartScreen()
    {
        if (Format == OutputFormat.Table && Consoles.IsTerminal(Streams.Out))
            Consoles.For(Streams.Out).Clear(home: true);
    }

    /// <summary>Asks for a yes.</summary>
    /// <exception cref="ToolException">The answer was no, or there is nobody to ask.</exception>
    public async Task ConfirmAsync(string question, CancellationToken cancellationToken)
    {
        if (!Streams.IsInteractive)
            throw new ToolException(ExitCode.Refused, "not_confirmed", "There is nobody to ask for confirmation, so nothing was done.", "Give --yes to confirm beforehand.");
        await Streams.Error.WriteAsync($"{TerminalText.Escape(question)} [y/N] ");
        // On a thread of its own: reading a terminal cannot be cancelled.
        var answer = await Task.Run(Streams.In.ReadLine, CancellationToken.None).WaitAsync(cancellationToken);
        if (answer?.Trim().ToUpperInvariant() is not ("Y" or "YES"))
            throw new ToolException(ExitCode.Refused, "not_confirmed", "Not confirmed, so nothing was done.", "Answer y, or give --yes.");
    }

    /// <summary>A line for people about what goes on; never part of the answer.</summary>
    public void Progress(string line) => Streams.Error.WriteLine(TerminalText.Escape(line));
}
