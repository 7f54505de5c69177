using System.Diagnostics;
using PgLocks.AdminTool.Demo;

namespace PgLocks.TestKit;

/// <summary>A real process under a test's control. Disposing ends it and all that it started.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private const string Diagnostics = "DOTNET_EnableDiagnostics";

    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PoliteTimeout = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly string _name;
    private readonly OutputLines _output = new();
    private readonly OutputLines _errors = new();

    private ChildProcess(ProcessStartInfo start)
    {
        _name = Path.GetFileName(start.FileName == DotnetHost ? start.ArgumentList[0] : start.FileName);
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => _output.Add(line.Data);
        _process.ErrorDataReceived += (_, line) => _errors.Add(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public TextWriter Input => _process.StandardInput;

    /// <summary>What it has written to standard output so far.</summary>
    public IReadOnlyList<string> Output => _output.All;

    /// <summary>What it has written to standard error so far.</summary>
    public IReadOnlyList<string> Errors => _errors.All;

    private static string DotnetHost => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    public static ChildProcess Start(string program, params IEnumerable<string> arguments) => Start(program, arguments, []);

    /// <summary>Starts a program with more environment variables; a null value removes one.</summary>
    public static ChildProcess Start(string program, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string?>> environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new ChildProcess(start);
    }

    /// <summary>Runs a built project, given as "tests/PgLocks.TestWorker/PgLocks.TestWorker.dll" from the root of the solution.</summary>
    public static ChildProcess Dotnet(string dll, params IEnumerable<string> arguments) => Dotnet(dll, arguments, []);

    /// <inheritdoc cref="Dotnet(string, IEnumerable{string})"/>
    public static ChildProcess Dotnet(string dll, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string?>> environment) =>
        Dotnet(dll, arguments, environment, []);

    /// <summary>As the others, by way of a program that is given the command line, and turns into what it says.</summary>
    public static ChildProcess Dotnet(string dll, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string?>> environment, IEnumerable<string> prefix)
    {
        string[] line = [.. prefix, DotnetHost, SolutionPaths.Built(dll), .. arguments];
        // Without its diagnostics port, a killed process leaves no socket in the temporary folder; whoever wants to look into one says so.
        return Start(line[0], line[1..], [new(Diagnostics, Environment.GetEnvironmentVariable(Diagnostics) ?? "0"), .. environment]);
    }

    /// <summary>The next line of standard output that contains the text, after the one that the last call returned.</summary>
    public Task<string> WaitForLineAsync(string text, TimeSpan? timeout = null) =>
        WaitForLineAsync(line => line.Contains(text, StringComparison.Ordinal), timeout, text);

    /// <inheritdoc cref="WaitForLineAsync(string, TimeSpan?)"/>
    public async Task<string> WaitForLineAsync(Func<string, bool> fits, TimeSpan? timeout = null, string what = "a fitting line")
    {
        using var deadline = new CancellationTokenSource(timeout ?? DefaultTimeout);
        try
        {
            return await _output.NextAsync(fits, deadline.Token) ?? throw new InvalidOperationException($"{_name} ended without '{what}'.{Transcript()}");
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{_name} did not write '{what}' within {(timeout ?? DefaultTimeout).TotalSeconds:0.#} s.{Transcript()}");
        }
    }

    /// <summary>Waits for its end, and for the end of its output.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan? timeout = null)
    {
        using var deadline = new CancellationTokenSource(timeout ?? DefaultTimeout);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{_name} did not end within {(timeout ?? DefaultTimeout).TotalSeconds:0.#} s.{Transcript()}");
        }
    }

    /// <summary>Signals this process alone, not those that it started.</summary>
    public void Signal(ProcessSignal signal) => UnixSignal.Send(Id, signal switch
    {
        ProcessSignal.Interrupt => UnixSignal.Interrupt,
        ProcessSignal.Terminate => UnixSignal.Terminate,
        ProcessSignal.Kill => UnixSignal.Kill,
        ProcessSignal.Stop => UnixSignal.Stop,
        ProcessSignal.Continue => UnixSignal.Continue,
        _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, "Not a signal."),
    });

    public async ValueTask DisposeAsync()
    {
        // Politely first, so that a process that owns a server clears it up; a frozen one has to run to do so.
        if (!HasExited)
        {
            Signal(ProcessSignal.Continue);
            Signal(ProcessSignal.Terminate);
            using var patience = new CancellationTokenSource(PoliteTimeout);
            await _process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        if (!HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private string Transcript() => $"\n--- output\n{string.Join('\n', Output.TakeLast(20))}\n--- errors\n{string.Join('\n', Errors.TakeLast(20))}";
}
