using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using PgLocks.Hosting;

namespace PgLocks.FaultTests.Traffic;

/// <summary>One process of the traffic: an instance, its callers, and orders by standard input, read on a thread of its own.</summary>
internal sealed class WorkerProcess(WorkerOptions options, PgLockProvider provider, Journal journal, Witness witness) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private const int Callers = 8;
    private const double AllShare = 0.2;
    private const double TransactionShare = 0.05;
    private const double HotShare = 0.15;
    private const double OwnShare = 0.65;

    private readonly CancellationTokenSource _idle = new();

    /// <summary>What only a fence stops is work that outlasts its lease: where that is to show in a short run, there has to be enough of it.</summary>
    private double LongShare => options.Mutation == Mutation.NoFence ? 0.3 : 0.02;

    internal static async Task RunAsync(WorkerOptions options)
    {
        // Ctrl-C goes to every process at the terminal; the run ends its workers itself.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static context => context.Cancel = true);
        using var journal = new Journal(Journal.PathOf(options.Folder, options.Worker));
        using var witness = new Witness(Path.Combine(options.Folder, RunFiles.Witness));
        await using var provider = await StartProviderAsync(options);
        journal.Write(Happening.Started, text: provider.InstanceId.ToString());
        var rehearsed = await Rehearsal.RunAsync(options, provider, witness);
        journal.Write(Happening.Undone, number: rehearsed, section: rehearsed);
        using (var process = new WorkerProcess(options, provider, journal, witness))
            await process.RunAsync();
        await provider.DisposeAsync();
        journal.Write(Happening.Closed);
        await Console.Out.WriteLineAsync("closed");
    }

    public void Dispose() => _idle.Dispose();

    private static async Task<PgLockProvider> StartProviderAsync(WorkerOptions options)
    {
        var locks = new PgLocksOptions
        {
            ConnectionString = options.LockConnection,
            AllowSessionPooler = options.IsPooled,
            ApplicationName = RunFiles.ApplicationName(options.Worker),
            HeartbeatInterval = Times.Heartbeat,
            LeaseDuration = options.Mutation == Mutation.NoDeadline ? TimeSpan.FromMinutes(10) : Times.Lease,
            ServerLeaseDuration = Times.ServerLease,
            LockDelay = Times.LockDelay,
            UnfencedDelay = options.Mutation != Mutation.NoLockDelay,
        };
        if (options.Mutation == Mutation.NoQuantum)
            locks.Quantum = TimeSpan.FromHours(1);
        // Whoever started it waits no longer, and may be gone.
        var startedAt = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                // Past the check of the options, which refuses what mutations need.
                return new PgLockProvider(await LockInstance.StartAsync(locks, NullLogger.Instance, TimeProvider.System, meters: null, CancellationToken.None));
            }
            catch (PgLockException busy) when (busy.IsTransient && TimeProvider.System.GetElapsedTime(startedAt) < Seat.Patience)
            {
                await Console.Error.WriteLineAsync(busy.Message);
                await Task.Delay(Pause, TimeProvider.System);
            }
        }
    }

    private async Task RunAsync()
    {
        using var guard = new Guard(journal);
        await using var pulse = new Pulse(journal);
        var sections = new Sections(options.Worker, provider, journal, witness, guard);
        await using var ledger = new Ledger(options.DataConnection, journal, fenced: options.Mutation != Mutation.NoFence);
        var orders = new Orders(sections, options.Seed);
        new Thread(() => orders.Obey(_idle)) { IsBackground = true, Name = "orders" }.Start();
        await Console.Out.WriteLineAsync("started");
        await Task.WhenAll(
        [
            Task.Run(() => new Control(journal).RunAsync(_idle.Token)),
            Task.Run(() => new Control(journal).RunAsync(options.DataConnection, _idle.Token)),
            Task.Run(() => HoldAsync(sections, TrafficKeys.Sentinel(options.Seat))),
            Task.Run(() => HoldAsync(sections, TrafficKeys.Vigil(options.Seat))),
            Task.Run(() => RivalAsync(sections, TrafficKeys.Vigil((options.Seat + 1) % options.Seats))),
            .. Enumerable.Range(0, Callers).Select(number => Task.Run(() => CallAsync(sections, ledger, new Random(options.Seed * Callers + number)))),
        ]);
        await orders.LastLoad;
        await Console.Out.WriteLineAsync(Orders.Idle);
        await orders.Stopped;
    }

    private async Task CallAsync(Sections sections, Ledger ledger, Random random)
    {
        while (!_idle.IsCancellationRequested)
        {
            var timeout = TimeSpan.FromMilliseconds(random.Next(5) switch { 0 => 50, 1 or 2 => 1000, _ => 5000 });
            var kind = random.NextDouble();
            var granted = await (kind < AllShare ? CallAllAsync(sections, ledger, timeout, random)
                : kind < AllShare + TransactionShare ? CallInTransactionAsync(sections, ledger, timeout, random)
                : sections.RunAsync(KeyOf(random), timeout, section => WorkAsync(ledger, [section], random.NextDouble() < LongShare), _idle.Token));
            if (!granted)
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(20)), TimeProvider.System);
        }
    }

    private Task<bool> CallAllAsync(Sections sections, Ledger ledger, TimeSpan timeout, Random random)
    {
        var onlyOwn = random.Next(2) == 0;
        int[] keys = [.. Enumerable.Range(0, random.Next(2, 7)).Select(_ => onlyOwn ? OwnKey(random) : KeyOf(random)).Distinct()];
        return sections.RunAllAsync(keys, timeout, all => WorkAsync(ledger, all, isLong: false), _idle.Token);
    }

    private async Task<bool> CallInTransactionAsync(Sections sections, Ledger ledger, TimeSpan timeout, Random random)
    {
        var key = KeyOf(random);
        var done = await ledger.IncrementAsync(transaction => sections.AcquireAsync(transaction, key, timeout, _idle.Token));
        witness.CountIncrements(options.Seat, done);
        return done > 0;
    }

    private async Task WorkAsync(Ledger ledger, IReadOnlyList<Section> sections, bool isLong)
    {
        if (isLong)
            await DawdleAsync(sections[0].Lease);
        witness.CountIncrements(options.Seat, await ledger.IncrementAsync(sections));
    }

    /// <summary>A hot key, one that this seat wants more often than others do, or any.</summary>
    private int KeyOf(Random random)
    {
        var kind = random.NextDouble();
        if (kind < HotShare)
            return random.Next(TrafficKeys.Hot);
        return kind < HotShare + OwnShare ? OwnKey(random) : random.Next(TrafficKeys.Hot, TrafficKeys.Shared);
    }

    private int OwnKey(Random random)
    {
        while (true)
        {
            var key = random.Next(TrafficKeys.Hot, TrafficKeys.Shared);
            if (TrafficKeys.SlotOf(key) % options.Seats == options.Seat)
                return key;
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
        while (!_idle.IsCancellationRequested)
        {
            await sections.RunAsync(key, TimeSpan.FromSeconds(5), async section =>
            {
                using var over = CancellationTokenSource.CreateLinkedTokenSource(_idle.Token, section.Lease.LostToken);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }, _idle.Token);
        }
    }

    private async Task RivalAsync(Sections sections, int key)
    {
        while (!_idle.IsCancellationRequested)
            await sections.RunAsync(key, TimeSpan.FromSeconds(5), static _ => Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System), _idle.Token);
    }
}
