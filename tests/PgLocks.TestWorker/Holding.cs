using Npgsql;

namespace PgLocks.TestWorker;

/// <summary>Acquires and fences as its input says, and tells what came of it.</summary>
internal static class Holding
{
    public static async Task RunAsync(ILockProvider provider, string connectionString)
    {
        var leases = new Dictionary<string, LockLease>();
        var locks = new Dictionary<(string, string), PositionLock>();
        Console.WriteLine("started");
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var words = line.Split(' ');
            Console.WriteLine($"{line}: {await ObeyAsync(words)}");
        }

        async Task<string> ObeyAsync(string[] words)
        {
            try
            {
                switch (words[0])
                {
                    case "acquire":
                        if (!locks.TryGetValue((words[1], words[2]), out var position))
                            locks.Add((words[1], words[2]), position = provider.GetLock(words[1], words[2]));
                        var lease = await position.AcquireAsync(TimeSpan.FromMinutes(1));
                        leases[words[1]] = lease;
                        lease.LostToken.Register(() => Console.WriteLine($"lost {words[1]}"));
                        return $"token {lease.FencingToken}";
                    case "try":
                        await using (var granted = await provider.TryAcquireAsync(new PositionKey(words[1], words[2])))
                            return granted is null ? "null" : "granted";
                    case "release":
                        leases[words[1]].Dispose();
                        return "ok";
                    case "fence":
                        await using (var connection = new NpgsqlConnection(connectionString))
                        {
                            await connection.OpenAsync();
                            await using var transaction = await connection.BeginTransactionAsync();
                            await leases[words[1]].FenceAsync(transaction);
                            await transaction.CommitAsync();
                        }
                        return "ok";
                    case "starve":
                        Starve(TimeSpan.FromMilliseconds(int.Parse(words[1])), () =>
                        {
                            if (words is not [_, _, var released, var hotkey, var pair])
                                return;
                            leases[released].Dispose();
                            _ = provider.AcquireAsync(new PositionKey(hotkey, pair)).AsTask();
                        });
                        return "starved";
                    default:
                        return "what?";
                }
            }
            catch (Exception failure) when (failure is PgLockException or TimeoutException)
            {
                return failure.GetType().Name;
            }
        }
    }

    /// <summary>For so long every thread of the pool is busy, the caller's included, and so is each that the pool adds.</summary>
    private static void Starve(TimeSpan time, Action once)
    {
        using var end = new ManualResetEventSlim();
        using var left = new CountdownEvent(500);
        for (var i = 0; i < left.InitialCount; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    end.Wait();
                    left.Signal();
                },
                null);
        }
        Thread.CurrentThread.Join(time / 10);
        once();
        Thread.CurrentThread.Join(time);
        end.Set();
        left.Wait();
    }
}
