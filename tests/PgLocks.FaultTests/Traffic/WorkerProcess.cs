using Microsoft.Extensions.Logging.Abstractions;
using PgLocks.Hosting;

namespace PgLocks.FaultTests.Traffic;

/// <summary>One process of the traffic: an instance, its callers, and orders by standard input, read on a thread of its own.</summary>
internal sealed class WorkerProcess(WorkerOptions options, PgLockProvider provider, Journal journal, Witness witness) : IDisposable
{
    private const int Callers = 6;

    private readonly CancellationTokenSource _stop = new();

    internal static async Task RunAsync(WorkerOptions options)
    {
        using var journal = new Journal(Journal.PathOf(options.Folder, options.Worker));
        using var witness = new Witness(Path.Combine(options.Folder, RunFiles.Witness));
        await using var provider = await StartProviderAsync(options);
        journal.Write(Happening.Started, text: provider.InstanceId.ToString());
        using (var process = new WorkerProcess(options, provider, journal, witness))
            await process.RunAsync();
        await provider.DisposeAsync();
        journal.Write(Happening.Closed);
        await Console.Out.WriteLineAsync("closed");
    }

    public void Dispose() => _stop.Dispose();

    private static async Task<PgLockProvider> StartProviderAsync(WorkerOptions options)
    {
        var locks = new PgLocksOptions
        {
            ConnectionString = options.LockConnection,
            ApplicationName = RunFiles.ApplicationName(options.Worker),
            HeartbeatInterval = Times.Heartbeat,
            LeaseDuration = options.Mutation == Mutation.NoDeadline ? TimeSpan.FromMinutes(10) : Times.Lease,
            ServerLeaseDuration = Times.ServerLease,
            LockDelay = Times.LockDelay,
            UnfencedDelay = options.Mutation != Mutation.NoLockDelay,
        };
        if (options.Mutation == Mutation.NoQuantum)
            locks.Quantum = TimeSpan.FromHours(1);
        while (true)
        {
            try
            {
                // Past the check of the options, which refuses what mutations need.
                return new PgLockProvider(await LockInstance.StartAsync(locks, NullLogger.Instance, TimeProvider.System, meters: null, CancellationToken.None));
            }
            catch (PgLockException busy) when (busy.IsTransient)
            {
                await Console.Error.WriteLineAsync(busy.Message);
            }
        }
    }

    private async Task RunAsync()
    {
        using var guard = new Guard(journal);
        var sections = new Sections(options.Worker, provider, journal, witness, guard);
        await using var ledger = new Ledger(options.DataConnection, journal, fenced: options.Mutation != Mutation.NoFence);
        var orders = new Orders(sections, options.Seed);
        new Thread(() => orders.Obey(_stop)) { IsBackground = true, Name = "orders" }.Start();
        await Console.Out.WriteLineAsync("started");
        await Task.WhenAll(
        [
            Task.Run(() => HoldAsync(sections, TrafficKeys.Sentinel(options.Seat))),
            Task.Run(() => HoldAsync(sections, TrafficKeys.Vigil(options.Seat))),
            Task.Run(() => RivalAsync(sections, TrafficKeys.Vigil((options.Seat + 1) % options.Seats))),
            .. Enumerable.Range(0, Callers).Select(number => Task.Run(() => CallAsync(sections, ledger, new Random(options.Seed * Callers + number)))),
        ]);
        await orders.LastLoad;
    }

    private async Task CallAsync(Sections sections, Ledger ledger, Random random)
    {
        while (!_stop.IsCancellationRequested)
        {
            var key = random.NextDouble() < 0.4 ? random.Next(TrafficKeys.Hot) : random.Next(TrafficKeys.Hot, TrafficKeys.Shared);
            var timeout = TimeSpan.FromMilliseconds(random.Next(5) switch { 0 => 50, 1 or 2 => 1000, _ => 5000 });
            var isLong = random.NextDouble() < 0.05;
            var granted = await sections.RunAsync(key, timeout, async (lease, section) =>
            {
                if (isLong)
                    await DawdleAsync(lease);
                if (await ledger.IncrementAsync(key, lease, section))
                    witness.CountIncrement(options.Seat);
            }, _stop.Token);
            if (!granted)
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(20)), TimeProvider.System);
        }
    }

    /// <summary>Work that takes long, and that writes what it wanted to write even when the lease was lost and another may have followed.</summary>
    private static async Task DawdleAsync(LockLease lease)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);
        if (lease.LostToken.IsCancellationRequested)
            await Task.Delay(Times.LockDelay + Times.LockDelay, TimeProvider.System);
    }

    private async Task HoldAsync(Sections sections, int key)
    {
        while (!_stop.IsCancellationRequested)
        {
            await sections.RunAsync(key, TimeSpan.FromSeconds(5), async (lease, _) =>
            {
                using var over = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, lease.LostToken);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }, _stop.Token);
        }
    }

    private async Task RivalAsync(Sections sections, int key)
    {
        while (!_stop.IsCancellationRequested)
            await sections.RunAsync(key, TimeSpan.FromSeconds(5), static (_, _) => Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System), _stop.Token);
    }
}
