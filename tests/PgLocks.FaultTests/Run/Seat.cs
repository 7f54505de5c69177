using PgLocks.AdminTool.Demo;
using PgLocks.FaultTests.Faults;
using PgLocks.FaultTests.Traffic;
using PgLocks.TestKit;
using PgLocks.TestKit.Network;

namespace PgLocks.FaultTests;

/// <summary>A place in the traffic: its lock sessions go by way of a proxy of its own, its data does not; whoever is killed there is replaced.</summary>
internal sealed class Seat(int number, string folder, RunOptions options, LocalServer server, Equipment equipment, Func<int> nextWorker) : IAsyncDisposable
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private ChildProcess? _process;
    private int _faults;

    internal int Number => number;

    /// <summary>Counts the starts of all seats.</summary>
    internal int Worker { get; private set; }

    /// <summary>By worker that was killed here, when.</summary>
    internal Dictionary<int, long> Deaths { get; } = [];

    internal TcpProxy Proxy { get; } = TcpProxy.Start(equipment.Pooler?.Through(server.ConnectionString) ?? server.ConnectionString);

    internal ChildProcess Process => _process!;

    /// <summary>Whether a fault is done to it now.</summary>
    internal bool IsUnderFault => Volatile.Read(ref _faults) > 0;

    internal IDisposable BeginFault()
    {
        Interlocked.Increment(ref _faults);
        return new EndOfFault(this);
    }

    internal async Task StartAsync()
    {
        Worker = nextWorker();
        var worker = new WorkerOptions(
            folder, number, options.Processes, Worker, options.Seed + Worker,
            equipment.NetworkOf(number)?.Through(server.ConnectionString) ?? Proxy.Through(server.ConnectionString),
            equipment.NetworkOf(number)?.Beside(server.ConnectionString) ?? equipment.Pair?.DataThrough(number, server.ConnectionString) ?? server.ConnectionString,
            equipment.Pooler is not null, options.Mutation);
        _process = ChildProcess.Dotnet("tests/PgLocks.FaultTests/PgLocks.FaultTests.dll", worker.ToArguments(), equipment.Environment(number), equipment.NetworkOf(number)?.Prefix ?? []);
        await _process.WaitForLineAsync("started", Patience);
    }

    internal async Task OrderAsync(string order, string answer)
    {
        await TellAsync(order);
        await Process.WaitForLineAsync(answer, Patience);
    }

    internal async Task TellAsync(string order)
    {
        await Process.Input.WriteLineAsync(order);
        await Process.Input.FlushAsync();
    }

    /// <summary>SIGKILL, and the wait until it is gone.</summary>
    internal async Task KillAsync()
    {
        Deaths[Worker] = TimeProvider.System.GetTimestamp();
        if (!Process.HasExited)
            Process.Signal(ProcessSignal.Kill);
        await Process.WaitForExitAsync(Patience);
        await Process.DisposeAsync();
    }

    internal async Task ReplaceAsync()
    {
        await KillAsync();
        await StartAsync();
    }

    /// <summary>The end of its traffic, with the instance left as it is; what is wrong with the process, or null.</summary>
    internal Task<string?> IdleAsync() => ComplaintOfAsync("become idle", async () =>
    {
        await OrderAsync(Orders.Idle, Orders.Idle);
        return null;
    });

    /// <summary>The end that a process comes to when it is told; what is wrong with it, or null.</summary>
    internal Task<string?> StopAsync() => ComplaintOfAsync("end", async () =>
    {
        await TellAsync(Orders.Stop);
        var code = await Process.WaitForExitAsync(Patience);
        return code == 0 ? null : Complaint($"ended with exit code {code}");
    });

    private async Task<string?> ComplaintOfAsync(string what, Func<Task<string?>> act)
    {
        try
        {
            return await act();
        }
        catch (Exception failure) when (failure is TimeoutException or IOException or InvalidOperationException)
        {
            return Complaint($"did not {what} when it was told: {failure.Message}");
        }
    }

    internal string Complaint(string what) => $"worker {Worker} of seat {number} {what}. It said:\n{string.Join('\n', Process.Errors.TakeLast(20))}";

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        await Proxy.DisposeAsync();
    }

    private sealed class EndOfFault(Seat seat) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref seat._faults);
    }
}
