using PgLocks.Benchmarks.Load;
using PgLocks.Benchmarks.Worker;

namespace PgLocks.Benchmarks.Compare;

/// <summary>The worker processes: made when first needed, replaced after a failure and for each round, kept warm otherwise.</summary>
internal sealed class WorkerGroup : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MemoryPatience = TimeSpan.FromMinutes(8);

    private readonly List<WorkerProcess> _workers = [];

    /// <summary>Carries out one run in as many processes as it asks for.</summary>
    /// <param name="spec">The run.</param>
    /// <param name="serverCalls">Reads the server's count of statements, before the first operation and after the last.</param>
    /// <param name="during">Looked at while it runs.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal async Task<GroupResult> RunAsync(RunSpec spec, Func<Task<long?>> serverCalls, Func<Task<string?>> during, CancellationToken cancellationToken)
    {
        Witness.Clear(spec.WitnessFile);
        while (_workers.Count < spec.Processes)
            _workers.Add(WorkerProcess.Start());
        WorkerProcess[] workers = [.. _workers.Take(spec.Processes)];
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(TimeSpan.FromSeconds(spec.WarmUpSeconds + spec.Seconds) + (spec.Scenario == Scenarios.Memory ? MemoryPatience : Patience));
        string step = "getting ready";
        try
        {
            await Task.WhenAll(workers.Select((worker, i) => worker.SayAsync(Wire.Line(Wire.Run, spec with { Process = i }))));
            await Task.WhenAll(workers.Select(worker => worker.HearAsync(Wire.Ready, end.Token)));
            step = "running";
            long? callsBefore = await serverCalls();
            await Task.WhenAll(workers.Select(worker => worker.SayAsync(Wire.Go)));
            await Task.Delay(TimeSpan.FromSeconds(spec.WarmUpSeconds + spec.Seconds * 0.7), end.Token);
            string? seen = await during();
            await Task.WhenAll(workers.Select(worker => worker.HearAsync(Wire.Measured, end.Token)));
            long? callsAfter = await serverCalls();
            step = "closing";
            await Task.WhenAll(workers.Select(worker => worker.SayAsync(Wire.Finish)));
            return new GroupResult(await Task.WhenAll(workers.Select(worker => worker.ResultAsync(end.Token))), callsAfter - callsBefore, seen);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && failure is WorkerException or OperationCanceledException or IOException)
        {
            await ReplaceAsync();
            return GroupResult.Failed(failure is OperationCanceledException ? $"hung while {step}" : $"failed while {step}: {failure.Message}");
        }
    }

    public async ValueTask DisposeAsync() => await ReplaceAsync();

    /// <summary>The next run gets new ones.</summary>
    internal async Task ReplaceAsync()
    {
        await Task.WhenAll(_workers.Select(worker => worker.DisposeAsync().AsTask()));
        _workers.Clear();
    }
}

/// <summary>What the processes of one run measured.</summary>
/// <param name="Results">One a process.</param>
/// <param name="ServerCalls">Statements that the server counted meanwhile.</param>
/// <param name="Sessions">The sessions on the server, seen while it ran.</param>
internal sealed record GroupResult(IReadOnlyList<RunResult> Results, long? ServerCalls, string? Sessions)
{
    /// <summary>Why there is no number.</summary>
    internal string? Failure { get; private init; }

    internal static GroupResult Failed(string why) => new([], null, null) { Failure = why };
}
