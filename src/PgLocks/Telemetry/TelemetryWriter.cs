using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace PgLocks.Telemetry;

/// <summary>Writes an interval in one transaction: counts, events, long holds and the instance's sign of life.</summary>
/// <remarks>
/// Nothing is taken from the recorders until the server has it. A commit whose answer is lost is looked up by its number before the next
/// interval is written, so nothing is counted twice either.
/// </remarks>
internal sealed class TelemetryWriter(NpgsqlDataSource pool, Guid instanceId, int classId, KeySweep sweep, LockTelemetry telemetry, IKeyIds ids, TimeProvider time, ILogger log)
{
    private TelemetryBatch? _uncertain;
    private DateTimeOffset _from = time.GetUtcNow();
    private long _number;

    /// <summary>True while the server has taken every interval.</summary>
    internal bool IsHealthy { get; private set; } = true;

    /// <summary>Writes what has come up; false when the server could not take it, and it is kept for the next time.</summary>
    internal async Task<bool> FlushAsync(CancellationToken cancellationToken)
    {
        TelemetryBatch? batch = null;
        try
        {
            await SettleAsync(cancellationToken).ConfigureAwait(false);
            batch = Collect();
            await ids.ResolveAsync([.. batch.Recorders], batch.To, cancellationToken).ConfigureAwait(false);
            _uncertain = batch;
            await WriteAsync(batch, cancellationToken).ConfigureAwait(false);
            Accept(batch);
            return IsHealthy = true;
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException or IOException)
        {
            if (IsHealthy)
                Messages.TelemetryFailed(log, failure);
            batch?.Events.ForEach(telemetry.PutBack);
            return IsHealthy = false;
        }
    }

    /// <summary>After the last flush has failed: what could not be written is told as dropped, where that can still be told.</summary>
    internal async Task GiveUpAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SettleAsync(cancellationToken).ConfigureAwait(false);
            TelemetryBatch lost = Collect();
            NpgsqlCommand command = pool.CreateCommand(TelemetrySql.GivenUp);
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.Add(new() { Value = instanceId });
                command.Parameters.Add(new() { Value = sweep.Dropped + lost.Recorded });
                command.Parameters.Add(new() { Value = telemetry.DroppedEvents + lost.Events.Count });
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException or IOException)
        {
            Messages.TelemetryFailed(log, failure);
        }
    }

    private TelemetryBatch Collect()
    {
        var batch = new TelemetryBatch { From = _from, To = EndOfInterval(), Number = _number + 1 };
        sweep.Into(batch);
        batch.Events.AddRange(telemetry.TakeEvents());
        return batch;
    }

    /// <summary>Intervals follow one another even when the clock is set back: rows are added to the totals by where their interval starts.</summary>
    private DateTimeOffset EndOfInterval()
    {
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset earliest = _from.AddMilliseconds(1);
        return now > earliest ? now : earliest;
    }

    private void Accept(TelemetryBatch batch)
    {
        batch.Accept();
        _uncertain = null;
        _number = batch.Number;
        _from = batch.To;
    }

    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        if (_uncertain is not { } uncertain)
            return;
        NpgsqlCommand command = pool.CreateCommand(TelemetrySql.FlushNumber);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new() { Value = instanceId });
            if (await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is long number && number == uncertain.Number)
                Accept(uncertain);
            _uncertain = null;
        }
    }

    private async Task WriteAsync(TelemetryBatch batch, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await pool.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                await WriteHeldAsync(connection, batch, cancellationToken).ConfigureAwait(false);
                if (batch.Intervals.Count > 0)
                    await CopyStatsAsync(connection, batch, cancellationToken).ConfigureAwait(false);
                if (batch.Events.Count > 0)
                    await CopyEventsAsync(connection, batch, cancellationToken).ConfigureAwait(false);
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task WriteHeldAsync(NpgsqlConnection connection, TelemetryBatch batch, CancellationToken cancellationToken)
    {
        long[] keys = [.. batch.Held.Select(held => held.Recorder.Lock.RegistryId)];
        var statements = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new(TelemetrySql.DropHeld) { Parameters = { new() { Value = instanceId }, new() { Value = keys } } },
                new(TelemetrySql.Flushed)
                {
                    Parameters =
                    {
                        new() { Value = instanceId }, new() { Value = batch.Number }, new() { Value = batch.Recorded },
                        new() { Value = sweep.Dropped }, new() { Value = telemetry.DroppedEvents }, new() { Value = batch.To.UtcDateTime },
                    },
                },
            },
        };
        if (keys.Length > 0)
        {
            statements.BatchCommands.Add(new(TelemetrySql.KeepHeld)
            {
                Parameters =
                {
                    new() { Value = instanceId }, new() { Value = classId }, new() { Value = keys },
                    new() { Value = batch.Held.Select(held => held.Recorder.Slot).ToArray() }, new() { Value = batch.Held.Select(held => held.FencingToken).ToArray() },
                    new() { Value = batch.Held.Select(held => held.AcquiredAt.UtcDateTime).ToArray() }, new() { Value = batch.To.UtcDateTime },
                },
            });
        }
        await using (statements.ConfigureAwait(false))
            await statements.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task CopyStatsAsync(NpgsqlConnection connection, TelemetryBatch batch, CancellationToken cancellationToken)
    {
        int milliseconds = (int)Math.Clamp((batch.To - batch.From).TotalMilliseconds, 1, int.MaxValue);
        NpgsqlBinaryImporter copy = await connection.BeginBinaryImportAsync(TelemetrySql.CopyStats, cancellationToken).ConfigureAwait(false);
        await using (copy.ConfigureAwait(false))
        {
            foreach (KeyInterval interval in batch.Intervals)
                await StatsRow.WriteAsync(copy, interval, batch.From, milliseconds, instanceId, cancellationToken).ConfigureAwait(false);
            await copy.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task CopyEventsAsync(NpgsqlConnection connection, TelemetryBatch batch, CancellationToken cancellationToken)
    {
        NpgsqlBinaryImporter copy = await connection.BeginBinaryImportAsync(TelemetrySql.CopyEvents, cancellationToken).ConfigureAwait(false);
        await using (copy.ConfigureAwait(false))
        {
            foreach (LockEvent happened in batch.Events)
            {
                await copy.StartRowAsync(cancellationToken).ConfigureAwait(false);
                await copy.WriteAsync(happened.At.UtcDateTime, NpgsqlDbType.TimestampTz, cancellationToken).ConfigureAwait(false);
                await copy.WriteAsync(happened.Kind, NpgsqlDbType.Text, cancellationToken).ConfigureAwait(false);
                await copy.WriteAsync(classId, NpgsqlDbType.Integer, cancellationToken).ConfigureAwait(false);
                await copy.WriteAsync(happened.Recorder.Slot, NpgsqlDbType.Integer, cancellationToken).ConfigureAwait(false);
                await copy.WriteAsync(happened.Recorder.Lock.RegistryId, NpgsqlDbType.Bigint, cancellationToken).ConfigureAwait(false);
                await copy.WriteAsync(instanceId, NpgsqlDbType.Uuid, cancellationToken).ConfigureAwait(false);
                await copy.WriteAsync(string.Create(CultureInfo.InvariantCulture, $$"""{"duration_ns": {{happened.Duration}}}"""), NpgsqlDbType.Jsonb, cancellationToken).ConfigureAwait(false);
            }
            await copy.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
