using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace OrderProcessor;

/// <summary>Reads the stream and hands its orders to the tasks. When the host stops, what has been read is still finished.</summary>
public sealed class OrderPump(
    ProcessorOptions options, NpgsqlDataSource database, RetryingWorker worker, Tally tally, IHostApplicationLifetime host) : BackgroundService
{
    /// <summary>Whether the stream was read to its end.</summary>
    public bool HasEnded { get; private set; }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await PositionStore.CreateTablesAsync(database, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var queue = Channel.CreateBounded<Order>(options.Tasks);
        var tasks = Enumerable.Range(0, options.Tasks).Select(_ => Task.Run(() => WorkAsync(queue.Reader), CancellationToken.None)).ToArray();
        try
        {
            await ReadAsync(queue.Writer, stoppingToken);
            HasEnded = true;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopping: orders that were read are finished first.");
        }
        queue.Writer.Complete();
        await Task.WhenAll(tasks);
        host.StopApplication();
    }

    private async Task ReadAsync(ChannelWriter<Order> queue, CancellationToken cancellationToken)
    {
        using var input = options.Orders?.OpenText() ?? new StreamReader(Console.OpenStandardInput());
        await foreach (var line in OrderReader.ReadAsync(input, cancellationToken))
        {
            if (line.Order is { } order)
                await queue.WriteAsync(order, cancellationToken);
            else
                tally.AddMalformed(line);
        }
    }

    private async Task WorkAsync(ChannelReader<Order> queue)
    {
        await foreach (var order in queue.ReadAllAsync())
        {
            try
            {
                if (await worker.ApplyAsync(order, CancellationToken.None))
                    tally.AddApplied(order);
                else
                    tally.AddRepeated(order);
            }
            catch (Exception failure)
            {
                tally.AddFailed(order, failure);
            }
        }
    }
}
