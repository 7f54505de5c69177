using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Npgsql;
using PgLocks;

namespace OrderProcessor;

/// <summary>The processor as a host: the locks are started before the pump, and drained after it.</summary>
public static class Processor
{
    private const int SomeNotApplied = 1;
    private const int CannotStart = 3;
    private const int Interrupted = 130;

    /// <returns>0: every line was an order, and is applied. 1: some were not; standard error says which. 3: no database. 130: interrupted.</returns>
    public static async Task<int> RunAsync(ProcessorOptions options, CancellationToken cancellationToken = default)
    {
        try
        {
            using var host = Build(options);
            var (pump, tally) = (host.Services.GetRequiredService<OrderPump>(), host.Services.GetRequiredService<Tally>());
            await host.RunAsync(cancellationToken);
            if (!options.Acknowledge)
                await Console.Out.WriteLineAsync(tally.ToString());
            return !pump.HasEnded ? Interrupted : tally.IsClean ? 0 : SomeNotApplied;
        }
        catch (ArgumentException)
        {
            // The parser's own words may quote a part of the string, and that may be the password.
            await Console.Error.WriteLineAsync("The connection string cannot be read: write it like 'Host=localhost;Database=orders;Username=app;Password=…'.");
            return CannotStart;
        }
        catch (Exception failure) when (failure is PgLockException or OptionsValidationException or NpgsqlException)
        {
            await Console.Error.WriteLineAsync(ConsoleLine.Of(failure.Message));
            return CannotStart;
        }
    }

    private static IHost Build(ProcessorOptions options)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders()
            .AddSimpleConsole(console => console.SingleLine = true)
            .AddFilter((category, level) => category == "PgLocks" && level >= LogLevel.Warning);

        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);

        if (options.UseLocks)
            builder.Services.AddPgLocks(options.ConnectionString);
        builder.Services
            .AddSingleton(TimeProvider.System)
            .AddSingleton(options)
            .AddSingleton(new Tally(options.Acknowledge, Console.Out, Console.Error))
            .AddSingleton(NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(options.ConnectionString) { MaxPoolSize = options.Tasks }))
            .AddSingleton(services => new Worker(
                services.GetService<ILockProvider>(), services.GetRequiredService<NpgsqlDataSource>(), options.Work, TimeProvider.System))
            .AddSingleton<RetryingWorker>()
            .AddSingleton<OrderPump>()
            .AddHostedService(services => services.GetRequiredService<OrderPump>());
        return builder.Build();
    }
}
