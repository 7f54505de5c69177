using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using PgLocks;

namespace OrderProcessor;

/// <summary>The processor as a host: locks, database, worker and pump, started and stopped in that order and back.</summary>
public static class Processor
{
    public const int Interrupted = 130;
    private const int NoDatabase = 3;

    /// <returns>0: every line was an order, and is applied. 1: some were not; standard error says which. 3: no database. 130: interrupted.</returns>
    public static async Task<int> RunAsync(ProcessorOptions options, CancellationToken cancellationToken = default)
    {
        if (options.ConnectionString.Length == 0)
        {
            await Console.Error.WriteLineAsync("No database: give --connection or set PGLOCKS_CONNECTION, such as 'Host=localhost;Database=orders;Username=app'.");
            return NoDatabase;
        }
        var tally = new Tally(options.Acknowledge, Console.Out, Console.Error);
        try
        {
            await using var database = NpgsqlDataSource.Create(
                new NpgsqlConnectionStringBuilder(options.ConnectionString) { MaxPoolSize = options.Tasks });
            await using var locks = options.UseLocks ? await PgLockProvider.StartAsync(options.ConnectionString, cancellationToken) : null;
            await PositionStore.CreateTablesAsync(database, cancellationToken);

            var builder = Host.CreateApplicationBuilder();
            builder.Logging.ClearProviders();
            builder.Services
                .AddSingleton(TimeProvider.System)
                .AddSingleton(options)
                .AddSingleton(tally)
                .AddSingleton(services => new Worker(locks, database, options.Work, services.GetRequiredService<TimeProvider>()))
                .AddSingleton<RetryingWorker>()
                .AddSingleton<OrderPump>()
                .AddHostedService(services => services.GetRequiredService<OrderPump>());
            using var host = builder.Build();
            var pump = host.Services.GetRequiredService<OrderPump>();
            await host.RunAsync(cancellationToken);

            await (options.Acknowledge ? Console.Error : Console.Out).WriteLineAsync(tally.ToString());
            return !pump.HasEnded ? Interrupted : tally.IsClean ? 0 : 1;
        }
        catch (Exception failure) when (failure is PgLockException or NpgsqlException or ArgumentException)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return NoDatabase;
        }
    }
}
