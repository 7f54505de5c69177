namespace PgLocks.Benchmarks.Load;

/// <summary>A fast generator of one task's own (xorshift64*), seeded, so that runs repeat.</summary>
internal sealed class Dice(uint seed)
{
    private ulong _state = (seed + 1UL) * 0x9E3779B97F4A7C15;

    internal int Below(int limit)
    {
        _state ^= _state >> 12;
        _state ^= _state << 25;
        _state ^= _state >> 27;
        return (int)(((_state * 0x2545F4914F6CDD1D) >> 32) * (ulong)limit >> 32);
    }
}
