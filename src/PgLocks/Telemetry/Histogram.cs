using System.Runtime.CompilerServices;

namespace PgLocks.Telemetry;

/// <summary>Counts by bucket, for one writer at a time and a reader beside it. Starts with room for a few buckets, since most keys see few.</summary>
/// <remarks>
/// Counts only grow (and wrap at 2^32): the reader keeps what it read last, and the difference is an interval's. A read beside a write
/// misses at most what the next read finds.
/// </remarks>
internal sealed class Histogram
{
    private const int FewBuckets = 6;

    private Few<uint> _fewCounts;
    private Few<ushort> _fewBuckets;
    private int _few;
    private uint[]?[]? _octaves;

    internal void Add(int bucket)
    {
        if (_octaves is { } octaves)
        {
            Octave(octaves, bucket)[bucket & (Buckets.PerOctave - 1)]++;
            return;
        }
        for (int i = 0; i < _few; i++)
        {
            if (_fewBuckets[i] == bucket)
            {
                _fewCounts[i]++;
                return;
            }
        }
        AddNew(bucket);
    }

    /// <summary>Calls back for every bucket that was ever counted.</summary>
    internal void Read(Action<int, uint> bucketAndCount)
    {
        if (Volatile.Read(ref _octaves) is not { } octaves)
        {
            for (int i = 0, few = Volatile.Read(ref _few); i < few; i++)
                bucketAndCount(_fewBuckets[i], _fewCounts[i]);
            return;
        }
        for (int octave = 0; octave < octaves.Length; octave++)
        {
            if (Volatile.Read(ref octaves[octave]) is not { } counts)
                continue;
            for (int i = 0; i < counts.Length; i++)
            {
                if (counts[i] != 0)
                    bucketAndCount(octave * Buckets.PerOctave + i, counts[i]);
            }
        }
    }

    // Read by value: a reference to an element of an array of references costs a check of its type, at every acquisition.
    private static uint[] Octave(uint[]?[] octaves, int bucket) => octaves[bucket / Buckets.PerOctave] ?? NewOctave(octaves, bucket / Buckets.PerOctave);

    private static uint[] NewOctave(uint[]?[] octaves, int octave)
    {
        var counts = new uint[Buckets.PerOctave];
        Volatile.Write(ref octaves[octave], counts);
        return counts;
    }

    private void AddNew(int bucket)
    {
        if (_few < FewBuckets)
        {
            _fewBuckets[_few] = (ushort)bucket;
            _fewCounts[_few] = 1;
            Volatile.Write(ref _few, _few + 1);
            return;
        }
        var octaves = new uint[]?[Buckets.Octaves];
        for (int i = 0; i < FewBuckets; i++)
            Octave(octaves, _fewBuckets[i])[_fewBuckets[i] & (Buckets.PerOctave - 1)] = _fewCounts[i];
        Octave(octaves, bucket)[bucket & (Buckets.PerOctave - 1)]++;
        Volatile.Write(ref _octaves, octaves);
    }

    /// <summary>In the object itself: two arrays would cost more than what they hold.</summary>
    [InlineArray(FewBuckets)]
    private struct Few<T>
    {
        private T _first;
    }
}
