using System.Diagnostics.CodeAnalysis;
using PgLocks.Backends;
using PgLocks.TestKit;

namespace PgLocks.TestWorker;

/// <summary>Counts keys in a file that several processes have mapped, under a lock provider that is being replaced. Obeys: go, hush (between two leases), stop.</summary>
internal static class RollingOut
{
    private const int Tasks = 3;

    public static async Task RunAsync(string connectionString, string oldName, string oldTarget, string file, int worker)
    {
        var oldProvider = await BackendProviders.StartAsync(oldName, oldTarget);
        await using var endOld = (IAsyncDisposable)oldProvider;
        await using var newProvider = await PgLockProvider.StartAsync(new PgLocksOptions
        {
            ConnectionString = connectionString, HeartbeatInterval = RolloutWitness.Heartbeat, LeaseDuration = RolloutWitness.Lease, ServerLeaseDuration = RolloutWitness.ServerLease,
        });
        await using var rollout = await RolloutLockProvider.StartAsync(oldProvider, newProvider, RolloutWitness.Options(connectionString, $"worker{worker}"));
        using var witness = new RolloutWitness(file);
        var gate = new Gate();
        var counting = Enumerable.Range(0, Tasks).Select(task => Task.Run(() => CountAsync(rollout, witness, gate, worker, task))).ToArray();
        Console.WriteLine("started");
        while (await Console.In.ReadLineAsync() is { } order and not "stop")
        {
            if (order == "go")
                gate.Open();
            else
                await gate.CloseAsync(Tasks);
            Console.WriteLine($"{order}: ok");
        }
        gate.Open(forGood: true);
        await Task.WhenAll(counting);
    }

    private static async Task CountAsync(RolloutLockProvider provider, RolloutWitness witness, Gate gate, int worker, int task)
    {
        for (var turn = worker + task; await gate.PassAsync(); turn++)
        {
            var key = turn % RolloutWitness.Keys.Count;
            try
            {
                await using var lease = await provider.AcquireAsync(RolloutWitness.Keys[key], TimeSpan.FromSeconds(30));
                await witness.CountAsync(key, worker, task);
            }
            catch (Exception failure) when (failure is PgLockException { IsTransient: true } or LockTimeoutException)
            {
                Console.WriteLine($"failed: {failure.Message}");
            }
        }
    }

    /// <summary>Lets tasks pass one turn at a time.</summary>
    [SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle needs no disposal.")]
    private sealed class Gate
    {
        private readonly SemaphoreSlim _stopped = new(0);
        private volatile TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _isOver;
        private bool _isClosed = true;
        private bool _wasOpen;

        public void Open(bool forGood = false)
        {
            (_isOver, _isClosed, _wasOpen) = (forGood, false, true);
            _open.TrySetResult();
        }

        /// <summary>Returns when every task stands between two turns.</summary>
        public async Task CloseAsync(int tasks)
        {
            if (_isClosed)
                return;
            (_isClosed, _open) = (true, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            for (var i = 0; i < tasks; i++)
                await _stopped.WaitAsync();
        }

        public async Task<bool> PassAsync()
        {
            var open = _open.Task;
            if (!open.IsCompleted && _wasOpen)
                _stopped.Release();
            await open;
            return !_isOver;
        }
    }
}
