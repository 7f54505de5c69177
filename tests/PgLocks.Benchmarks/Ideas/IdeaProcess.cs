using System.Diagnostics;
using PgLocks.Benchmarks.Worker;

namespace PgLocks.Benchmarks.Ideas;

/// <summary>The comparison's end of one of its processes.</summary>
internal sealed class IdeaProcess : IAsyncDisposable
{
    private readonly Process _process;

    private IdeaProcess(Process process) => _process = process;

    internal static IdeaProcess Start(params string[] verb)
    {
        // Started as 'dotnet file.dll' or as a program of its own.
        string program = Environment.ProcessPath!;
        string[] arguments = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(IdeaProcess).Assembly.Location, .. verb] : verb;
        return new IdeaProcess(Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!);
    }

    internal async Task SayAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    internal async Task<string> HearAsync(CancellationToken cancellationToken) =>
        await _process.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException("a process of the comparison has ended");

    internal async Task<IdeaResult> ResultAsync(CancellationToken cancellationToken) => Wire.Content<IdeaResult>(Wire.Done, await HearAsync(cancellationToken));

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await _process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
