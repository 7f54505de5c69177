namespace PgLocks.Telemetry;

/// <summary>The waits of one key. Made with the first of them, because most keys are never waited for. Written under the key's own lock.</summary>
internal sealed class WaitRecord
{
    private readonly Histogram _histogram = new();
    private HistogramReader _reader;
    private WaitCounts _counts;
    private WaitCounts _written;
    private long _max;

    /// <summary>How many waits the server has.</summary>
    internal long CountWritten { get; private set; }

    /// <summary>Whether the server does not have a wait for another process yet.</summary>
    internal bool HasNewForProcess => _counts.ContendedProcess != _written.ContendedProcess;

    internal void Add(WaitParts parts, WaitCauses causes)
    {
        long wait = parts.Sum;
        _counts.Parts = _counts.Parts.Plus(parts);
        _counts.Sum += wait;
        _histogram.Add(Buckets.Of(wait));
        if (wait > _max)
            _max = wait;
        if ((causes & WaitCauses.Key) != 0)
            _counts.ContendedKey++;
        if ((causes & WaitCauses.Slot) != 0)
            _counts.ContendedSlot++;
        if ((causes & WaitCauses.Process) != 0)
            _counts.ContendedProcess++;
    }

    /// <summary>What was not written yet; takes the maximum away.</summary>
    internal WaitInterval Read()
    {
        HistogramDelta histogram = _reader.Read(_histogram);
        WaitCounts now = _counts;
        return new WaitInterval(now, now.Minus(_written), histogram, Math.Max(Interlocked.Exchange(ref _max, 0), histogram.AtLeastMax));
    }

    /// <summary>The interval has reached the server.</summary>
    internal void Accept(WaitInterval interval)
    {
        _written = interval.Reading;
        _reader.Accept(interval.Histogram);
        CountWritten += interval.Histogram.Total;
    }
}

/// <summary>One key's waits of one interval.</summary>
/// <param name="Reading">The counts at the time of reading.</param>
/// <param name="Delta">What of them the server does not have.</param>
/// <param name="Histogram">The waits by duration.</param>
/// <param name="Max">The longest, in nanoseconds.</param>
internal sealed record WaitInterval(WaitCounts Reading, WaitCounts Delta, HistogramDelta Histogram, long Max)
{
    internal static readonly WaitInterval None = new(default, default, default(HistogramReader).Read(null), 0);
}
