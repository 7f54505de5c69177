using PgLocks.Slots;

namespace PgLocks.Tests.Slots.Model;

/// <summary>What must hold after every step.</summary>
internal sealed class Invariants(ModelWorld world, TimeSpan quantum)
{
    private const long StuckYield = 100 * TimeSpan.TicksPerMillisecond;
    private const long TryOnce = 50 * TimeSpan.TicksPerMillisecond;

    private readonly Dictionary<PositionKey, long> _lastTokens = [];
    private readonly Dictionary<(int Instance, int Slot), Tenure> _tenures = [];
    private readonly long _quantum = Math.Max(1, quantum.Ticks);

    /// <summary>An instance has gained a slot.</summary>
    internal void Gained(int instance, int slot, bool unclean) =>
        _tenures[(instance, slot)] = new Tenure(world.Now, unclean ? world.Now + world.LockDelayTicks : world.Now, SlotState.Gaining);

    /// <summary>An instance was asked for a slot.</summary>
    internal void Asked(int instance, int slot)
    {
        if (world.Instances[instance].Slots[slot].State == SlotState.Owned && _tenures[(instance, slot)] is { AskedAt: null } tenure)
            _tenures[(instance, slot)] = tenure with { AskedAt = world.Now };
    }

    /// <summary>A caller was granted a key.</summary>
    internal void Granted(ModelInstance instance, LockLease lease)
    {
        NoteOpenings();
        Assert.True(lease.FencingToken > _lastTokens.GetValueOrDefault(lease.Key), $"token {lease.FencingToken} of '{lease.Key}' after {_lastTokens.GetValueOrDefault(lease.Key)}");
        _lastTokens[lease.Key] = lease.FencingToken;

        var tenure = _tenures[(instance.Number, lease.Slot)];
        Assert.True(world.Now >= tenure.MayGrantFrom, "granted during the lock delay");
        if (tenure.AskedAt is { } askedAt && world.Now < askedAt + StuckYield)
            Assert.True(world.Now < Math.Max(tenure.OpenedAt, askedAt) + _quantum, "granted after the quantum of a slot that was asked for");
    }

    internal void Check(bool agendasHaveRun)
    {
        NoteOpenings();
        OneHolderAKey();
        OneInstanceASlot();
        if (agendasHaveRun)
            NobodyWaitsTooLong();
    }

    /// <summary>A slot opens when its lock delay is over, and anew when a lease has held up its yield.</summary>
    private void NoteOpenings()
    {
        foreach (var ((instance, slot), tenure) in _tenures)
        {
            var state = world.Instances[instance].Slots[slot].State;
            var opens = state == SlotState.Owned && tenure.State is SlotState.Gaining or SlotState.Yielding;
            _tenures[(instance, slot)] = tenure with { State = state, OpenedAt = opens ? world.Now : tenure.OpenedAt };
        }
    }

    private void OneHolderAKey()
    {
        foreach (var instance in world.Instances)
            Assert.Distinct(instance.Held.Select(lease => lease.Key));
    }

    /// <summary>Leases that can be proven: a holder that was stopped past its deadline is not among them.</summary>
    private void OneInstanceASlot()
    {
        var owners = world.Instances
            .SelectMany(instance => instance.Held.Where(world.IsProven).Select(lease => (lease.Slot, instance.Number)))
            .Distinct().GroupBy(owner => owner.Slot);
        Assert.All(owners, slot => Assert.Single(slot));
    }

    private void NobodyWaitsTooLong()
    {
        foreach (var instance in world.Instances)
        {
            foreach (var caller in instance.Waiting)
            {
                var slot = ModelWorld.SlotOf(caller.Key);
                if (instance.IsFrozen || instance.Backend.Owes(slot))
                    caller.AnsweredAt = world.Now;
                if (caller.Timeout > TimeSpan.Zero)
                    Assert.True(world.Now - caller.StartedAt < caller.Timeout.Ticks, $"waits beyond its timeout of {caller.Timeout}");
                else if (caller.Timeout == TimeSpan.Zero)
                    Assert.True(world.Now - caller.AnsweredAt < TryOnce, $"still tries once, though slot {slot} is {instance.Slots[slot].State} and the server has answered");
            }
        }
    }

    private sealed record Tenure(long OpenedAt, long MayGrantFrom, SlotState State)
    {
        internal long? AskedAt { get; init; }
    }
}
