using System.Diagnostics;
using PgLocks.Benchmarks.Worker;

namespace PgLocks.Benchmarks.Compare;

/// <summary>The coordinator's end of one worker.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private WorkerProcess(Process process) => _process = process;

    internal static WorkerProcess Start()
    {
        // Started as 'dotnet file.dll' or as a program of its own.
        string program = Environment.ProcessPath!;
        string[] arguments = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(WorkerProcess).Assembly.Location, "worker"] : ["worker"];
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        return new WorkerProcess(Process.Start(start)!);
    }

    internal async Task SayAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>The next line; a worker that failed says at once that it is done.</summary>
    /// <exception cref="WorkerException">It has ended, or failed.</exception>
    internal async Task HearAsync(string word, CancellationToken cancellationToken)
    {
        string line = await ReadAsync(cancellationToken);
        if (line == word)
            return;
        throw new WorkerException(line.StartsWith(Wire.Done, StringComparison.Ordinal) ? Wire.Content<RunResult>(Wire.Done, line).Error ?? line : line);
    }

    internal async Task<RunResult> ResultAsync(CancellationToken cancellationToken) => Wire.Content<RunResult>(Wire.Done, await ReadAsync(cancellationToken));

    private async Task<string> ReadAsync(CancellationToken cancellationToken) =>
        await _process.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new WorkerException("a worker process has ended");

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }
        _process.Dispose();
    }
}

/// <summary>A run that could not be carried out; the message says why.</summary>
internal sealed class WorkerException(string message) : Exception(message);
