using Npgsql;

namespace PgLocks.Backends.Rollout;

/// <summary>Writes the figures of both sides, for <c>pglocks rollout compare</c>. A write that fails is made up for by the next: the figures are totals.</summary>
internal sealed class FigureWriter : IAsyncDisposable
{
    private readonly RolloutSeat _seat;
    private readonly SideFigures[] _figures;
    private readonly NpgsqlDataSource _pool;
    private readonly CancellationTokenSource _closed = new();
    private readonly Task _loop;

    internal FigureWriter(RolloutSeat seat, IEnumerable<SideFigures> figures)
    {
        (_seat, _figures, _pool) = (seat, [.. figures], seat.Connections.NewTelemetryPool());
        _loop = seat.Options.TelemetryInterval == Timeout.InfiniteTimeSpan ? Task.CompletedTask : LoopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        await _pool.DisposeAsync().ConfigureAwait(false);
        _closed.Dispose();
    }

    private async Task LoopAsync()
    {
        using var timer = new PeriodicTimer(_seat.Options.TelemetryInterval, _seat.Time);
        bool isOpen = true;
        while (isOpen)
        {
            try
            {
                isOpen = await timer.WaitForNextTickAsync(_closed.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                isOpen = false;
            }
            await WriteAsync().ConfigureAwait(false);
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            NpgsqlBatch batch = _pool.CreateBatch();
            await using (batch.ConfigureAwait(false))
            {
                batch.BatchCommands.Add(new(RolloutSql.ForgetFigures) { Parameters = { new() { Value = _seat.Space.ClassId } } });
                foreach (SideFigures figures in _figures)
                    AddTo(batch, figures);
                await batch.ExecuteNonQueryAsync().ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException or IOException)
        {
            // The next one writes the same totals, and more.
        }
    }

    private void AddTo(NpgsqlBatch batch, SideFigures figures)
    {
        var (waitBuckets, waits) = figures.Waits;
        var (holdBuckets, holds) = figures.Holds;
        if (waits.Length == 0 && figures.TimedOut == 0)
            return;
        object[] values =
        [
            _seat.Space.ClassId, _seat.InstanceId, Name(figures.Mode), Name(figures.Side), figures.TimedOut, waitBuckets, waits, holdBuckets, holds,
        ];
        var command = new NpgsqlBatchCommand(RolloutSql.WriteFigures);
        foreach (object value in values)
            command.Parameters.Add(new() { Value = value });
        batch.BatchCommands.Add(command);
    }

    private static string Name(RolloutMode mode) => mode switch { RolloutMode.Old => "old", RolloutMode.Both => "both", _ => "new" };
}
