using System.Runtime.InteropServices;
using PgLocks.AdminTool.Queries;

namespace PgLocks.AdminTool.Commands.Pool;

/// <summary>False contention between processes at any pool size, from recorded concurrency.</summary>
/// <remarks>
/// An acquisition meets a hold of another key of its slot in another process with the probability that there is one: the time for which such
/// keys were held there, over the time looked at, and 1 at most. Both are of the same stretch, so that what never happened at about the same
/// time never meets. What it leaves out: a slot that a process merely keeps has to be handed over too, which no pool size changes much.
/// </remarks>
internal sealed class PoolModel
{
    private readonly IReadOnlyList<KeyUse> _uses;
    private readonly Dictionary<DateTime, double> _spans;
    private readonly Dictionary<(DateTime, long), double> _ofKey = [];

    public PoolModel(IReadOnlyList<KeyUse> uses)
    {
        _uses = uses;
        _spans = uses.GroupBy(use => use.At).ToDictionary(group => group.Key, group => (group.Max(use => use.LastAt) - group.Min(use => use.FirstAt)).TotalNanoseconds);
        foreach (var use in uses)
            Add(_ofKey, (use.At, use.KeyId), use.HoldNs);
    }

    public PoolEstimate Estimate(int poolSize)
    {
        Dictionary<(DateTime, int), double> ofSlot = [];
        Dictionary<(DateTime, int, Guid), double> ofInstance = [];
        Dictionary<int, HashSet<long>> keys = [];
        foreach (var use in _uses)
        {
            var slot = use.LargestSlot % poolSize;
            Add(ofSlot, (use.At, slot), use.HoldNs);
            Add(ofInstance, (use.At, slot, use.InstanceId), use.HoldNs);
            (CollectionsMarshal.GetValueRefOrAddDefault(keys, slot, out _) ??= []).Add(use.KeyId);
        }
        return new PoolEstimate(
            poolSize, keys.Values.Count(some => some.Count > 1), keys.Values.Max(some => some.Count), (long)_uses.Sum(use => use.Acquired),
            _uses.Sum(use => use.Acquired * Share(use, use.LargestSlot % poolSize)));

        double Share(KeyUse use, int slot)
        {
            // All of the slot, less the same key, less the same process, plus what both took off.
            var others = ofSlot[(use.At, slot)] - _ofKey[(use.At, use.KeyId)] - ofInstance[(use.At, slot, use.InstanceId)] + use.HoldNs;
            return _spans[use.At] > 0 ? Math.Clamp(others / _spans[use.At], 0, 1) : 0;
        }
    }

    private static void Add<TKey>(Dictionary<TKey, double> sums, TKey key, double value)
        where TKey : notnull => CollectionsMarshal.GetValueRefOrAddDefault(sums, key, out _) += value;
}

/// <summary>What a pool of a size would do with the traffic that was recorded.</summary>
internal sealed record PoolEstimate(int PoolSize, int SlotsShared, int MostKeys, long Acquired, double Expected)
{
    public double? ExpectedRatio => Acquired == 0 ? null : Expected / Acquired;

    /// <summary>What was recorded, of the present size; null: of any other.</summary>
    public long? Observed { get; init; }

    public double? ObservedRatio => Acquired == 0 ? null : (double?)Observed / Acquired;
}
