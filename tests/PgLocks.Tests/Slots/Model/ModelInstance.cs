using PgLocks.Local;
using PgLocks.Slots;

namespace PgLocks.Tests.Slots.Model;

/// <summary>One simulated process: the real key tier over the real slot tier, and its callers.</summary>
internal sealed class ModelInstance
{
    internal ModelInstance(ModelWorld world, int number, PgLocksOptions options, int crowdSize)
    {
        Number = number;
        Agenda = new Agenda(world.Time);
        Backend = new ModelBackend(world, number, ModelWorld.SlotCount + 1);
        Slots = new SlotPool(ModelWorld.SlotCount, new SlotPolicy(options, world.Time) { CrowdSize = crowdSize }, Agenda, _ => Backend);
        Keys = new KeyTier(world.Time, options.AcquireTimeout, LockSink.None, $"instance {number}", key => Slots[ModelWorld.SlotOf(key)], (_, _, _, _) => ValueTask.CompletedTask);
    }

    internal int Number { get; }

    internal Agenda Agenda { get; }

    internal ModelBackend Backend { get; }

    internal SlotPool Slots { get; }

    internal KeyTier Keys { get; }

    /// <summary>Stopped, as by SIGSTOP: its threads do nothing while time goes on.</summary>
    internal bool IsFrozen { get; set; }

    internal List<ModelCaller> Waiting { get; } = [];

    internal List<LockLease> Held { get; } = [];
}

/// <summary>A caller that waits.</summary>
internal sealed class ModelCaller(PositionKey key, TimeSpan timeout, long startedAt, CancellationTokenSource cancellation, ValueTask<LockLease?> lease)
{
    internal PositionKey Key { get; } = key;

    internal TimeSpan Timeout { get; } = timeout;

    internal long StartedAt { get; } = startedAt;

    /// <summary>When the server last owed this caller an answer.</summary>
    internal long AnsweredAt { get; set; } = startedAt;

    internal CancellationTokenSource Cancellation { get; } = cancellation;

    internal bool HasEnded => lease.IsCompleted;

    /// <summary>Its lease, or null when it ended without one.</summary>
    internal LockLease? End()
    {
        var ended = lease.AsTask();
        if (ended.IsCompletedSuccessfully)
            return ended.GetAwaiter().GetResult();
        Assert.True(ended.IsCanceled || ended.Exception!.InnerException is PgLockException { IsTransient: true } or ObjectDisposedException, $"{ended.Exception}");
        return null;
    }
}
