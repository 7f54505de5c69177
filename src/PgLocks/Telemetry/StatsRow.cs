using Npgsql;
using NpgsqlTypes;

namespace PgLocks.Telemetry;

/// <summary>One row of <c>pglocks.lock_stats</c>, in the order of <see cref="TelemetrySql.CopyStats"/>.</summary>
internal static class StatsRow
{
    internal static async Task WriteAsync(
        NpgsqlBinaryImporter copy, KeyInterval interval, DateTimeOffset from, int milliseconds, Guid instanceId, CancellationToken cancellationToken)
    {
        KeyCounts counts = interval.Delta;
        WaitCounts waits = interval.WaitDelta;
        HistogramDelta histogram = interval.Waits.Histogram;
        (short[] waitBuckets, long[] waitCounts) = interval.ZeroWaits == 0
            ? (histogram.Buckets, histogram.Counts)
            : ([0, .. histogram.Buckets], [interval.ZeroWaits, .. histogram.Counts]);
        await copy.StartRowAsync(cancellationToken).ConfigureAwait(false);
        await copy.WriteAsync(from.UtcDateTime, NpgsqlDbType.TimestampTz, cancellationToken).ConfigureAwait(false);
        await copy.WriteAsync(milliseconds, NpgsqlDbType.Integer, cancellationToken).ConfigureAwait(false);
        await copy.WriteAsync(interval.Recorder.Lock.RegistryId, NpgsqlDbType.Bigint, cancellationToken).ConfigureAwait(false);
        await copy.WriteAsync(instanceId, NpgsqlDbType.Uuid, cancellationToken).ConfigureAwait(false);
        foreach (long count in (long[])[counts.Acquired, counts.TimedOut, waits.ContendedKey, waits.ContendedSlot, waits.ContendedProcess, counts.Lost])
            await copy.WriteAsync(count, NpgsqlDbType.Bigint, cancellationToken).ConfigureAwait(false);
        WaitParts parts = waits.Parts;
        foreach (long part in (long[])[parts.Key, parts.Yield, parts.Process, parts.Slot, parts.Session, parts.Server])
            await copy.WriteAsync(part, NpgsqlDbType.Bigint, cancellationToken).ConfigureAwait(false);
        await WriteAsync(copy, waits.Sum, interval.Waits.Max, waitBuckets, waitCounts, cancellationToken).ConfigureAwait(false);
        await WriteAsync(copy, counts.HoldSum, interval.HoldMax, interval.Holds.Buckets, interval.Holds.Counts, cancellationToken).ConfigureAwait(false);
    }

    private static async Task WriteAsync(NpgsqlBinaryImporter copy, long sum, long max, short[] buckets, long[] counts, CancellationToken cancellationToken)
    {
        await copy.WriteAsync(sum, NpgsqlDbType.Bigint, cancellationToken).ConfigureAwait(false);
        await copy.WriteAsync(max, NpgsqlDbType.Bigint, cancellationToken).ConfigureAwait(false);
        await copy.WriteAsync(buckets, NpgsqlDbType.Array | NpgsqlDbType.Smallint, cancellationToken).ConfigureAwait(false);
        await copy.WriteAsync(counts, NpgsqlDbType.Array | NpgsqlDbType.Bigint, cancellationToken).ConfigureAwait(false);
    }
}
