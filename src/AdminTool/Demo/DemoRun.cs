using Dapper;
using OrderProcessor;

namespace PgLocks.AdminTool.Demo;

/// <summary>The main job from an empty database to the proof.</summary>
internal sealed class DemoRun(DemoOptions options, DemoScreen screen, TimeProvider time)
{
    public async Task<DemoResult> RunAsync(DemoOrders input, DemoDatabase database, CancellationToken cancellationToken)
    {
        var stream = new OrderStream(input.Orders, time);
        var traffic = new DemoTraffic(options, database.ConnectionString, stream);
        await screen.ShowAsync(traffic, traffic.RunAsync(cancellationToken));

        await using var connection = await database.OpenAsync(cancellationToken);
        var recorded = await connection.ExecuteScalarAsync<int>("SELECT count(*) FROM applied_orders");
        return new DemoResult
        {
            Options = options,
            Orders = stream.Total,
            MalformedLines = input.Malformed.Count,
            Elapsed = stream.Elapsed,
            Repeated = stream.Repeated,
            Failed = stream.Failed,
            Killed = traffic.Killed,
            Locks = options.UseLocks ? await LockFiguresReader.ReadAsync(connection) : null,
            Proof = Proof.Of(input.Orders, await PositionStore.AllAsync(connection), recorded),
        };
    }
}
