using Npgsql;

namespace PgLocks.TestWorker;

/// <summary>Acquires and fences as its input says, and tells what came of it.</summary>
internal static class Holding
{
    public static async Task RunAsync(ILockProvider provider, string connectionString)
    {
        var leases = new Dictionary<string, LockLease>();
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
                        var lease = await provider.AcquireAsync(new PositionKey(words[1], words[2]), TimeSpan.FromSeconds(30));
                        leases[words[1]] = lease;
                        lease.LostToken.Register(() => Console.WriteLine($"lost {words[1]}"));
                        return $"token {lease.FencingToken}";
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
}
