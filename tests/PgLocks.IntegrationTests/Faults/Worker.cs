using System.Globalization;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Faults;

/// <summary>A process of PgLocks.TestWorker.</summary>
internal sealed class Worker : IAsyncDisposable
{
    private Worker(ChildProcess process) => Process = process;

    public ChildProcess Process { get; }

    public static Task<Worker> StartAsync(TestDatabase database, string verb, Retention retention, params string[] more) =>
        StartAsync(verb, [database.ConnectionString, $"{retention}", .. more]);

    public static async Task<Worker> StartAsync(string verb, string[] arguments)
    {
        var process = ChildProcess.Dotnet("tests/PgLocks.TestWorker/PgLocks.TestWorker.dll", [verb, .. arguments]);
        await process.WaitForLineAsync("started");
        return new Worker(process);
    }

    /// <summary>Gives an order and returns what came of it.</summary>
    public async Task<string> AskAsync(string order)
    {
        await TellAsync(order);
        return await AnswerAsync(order);
    }

    public async Task TellAsync(string order)
    {
        await Process.Input.WriteLineAsync(order);
        await Process.Input.FlushAsync();
    }

    public async Task<string> AnswerAsync(string order) =>
        (await Process.WaitForLineAsync($"{order}: ", TimeSpan.FromSeconds(60)))[(order.Length + 2)..];

    /// <summary>The token of a lease that the process acquires now.</summary>
    public Task<long> AcquireAsync(PositionKey key) => TokenAsync(AskAsync(AcquireOrder(key)));

    public static string AcquireOrder(PositionKey key) => $"acquire {key.MinerHotkey} {key.TradePairId}";

    public static async Task<long> TokenAsync(Task<string> answer) => long.Parse((await answer).Split("token ")[1], CultureInfo.InvariantCulture);

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
