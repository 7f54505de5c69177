using Microsoft.Extensions.Time.Testing;
using PgLocks.Slots;

namespace PgLocks.Tests.Slots.Model;

/// <summary>Some instances, a server and a clock, driven step by step on one thread.</summary>
internal sealed class ModelWorld
{
    internal const int SlotCount = 16;

    /// <summary>The turn's lock.</summary>
    private const int TurnSlot = SlotCount;

    private const int Rounds = 800;
    private static readonly TimeSpan LongestStep = TimeSpan.FromMilliseconds(250);
    private static readonly double[] Milliseconds = [0.01, 0.3, 1, 1, 2, 5, 10, 60, 110, 1000, 4000, 6000];
    private static readonly int[] UsedSlots = [0, 1, 2, TurnSlot];
    private static readonly double[] Timeouts = [-1, -1, 1, 15, 150, 3000, 8000];

    /// <summary>Two keys of one slot, and one each of two others.</summary>
    private static readonly PositionKey[] Keys = [new("first", "0"), new("second", "0"), new("third", "1"), new("fourth", "2")];

    private readonly List<(int Instance, int Slot)> _asks = [];
    private readonly Dictionary<CancellationToken, SessionLease> _leases = [];

    internal ModelWorld(int instances, Retention retention, TimeSpan quantum, int crowdSize)
    {
        var options = new PgLocksOptions { ConnectionString = "none", Retention = retention, Quantum = quantum };
        LeaseTicks = options.LeaseDuration.Ticks;
        LockDelayTicks = options.LockDelay.Ticks;
        Server = new ModelServer(SlotCount + 1, options.ServerLeaseDuration.Ticks);
        Invariants = new Invariants(this, quantum);
        Instances = [.. Enumerable.Range(0, instances).Select(number => new ModelInstance(this, number, options, crowdSize))];
    }

    internal FakeTimeProvider Time { get; } = new();

    internal long Now => Time.GetTimestamp();

    internal long LeaseTicks { get; }

    internal long LockDelayTicks { get; }

    internal ModelServer Server { get; }

    internal Invariants Invariants { get; }

    internal IReadOnlyList<ModelInstance> Instances { get; }

    internal static int SlotOf(PositionKey key) => key.TradePairId[0] - '0';

    internal bool IsProven(LockLease lease) => _leases[lease.LostToken].IsProvenAt(Now);

    /// <summary>An instance sends a yield request to all the others.</summary>
    internal void Ask(int from, int slot) =>
        _asks.AddRange(Instances.Where(instance => instance.Number != from).Select(instance => (instance.Number, slot)));

    internal void Run(Step step)
    {
        var instance = Instances[step.A % Instances.Count];
        if (step.Kind == StepKind.Advance)
            Advance(TimeSpan.FromMilliseconds(Milliseconds[step.B]));
        else if (step.Kind == StepKind.Terminate)
            Terminate(step.B);
        else if (step.Kind == StepKind.Thaw)
            instance.IsFrozen = false;
        else if (!instance.IsFrozen)
            Run(step, instance);
        Collect(agendasHaveRun: false);
    }

    /// <summary>Lets everything come to an end: what is wanted must be granted, and nothing be left half-way.</summary>
    internal void Quiesce()
    {
        foreach (var instance in Instances)
            instance.IsFrozen = instance.Backend.IsPartitioned = false;
        for (var round = 0; round < Rounds && !IsSettled; round++)
            Settle();
        Assert.All(Instances, instance => Assert.Empty(instance.Waiting));
        Assert.All(Instances, instance => Assert.All(instance.Slots.Slots, slot => Assert.NotInRange(slot.State, SlotState.Gaining, SlotState.Gaining)));
        Assert.All(Instances, instance => Assert.All(instance.Slots.Slots, slot => Assert.NotInRange(slot.State, SlotState.Yielding, SlotState.Yielding)));
    }

    /// <summary>Ends every instance: nothing stays owned.</summary>
    internal void Close()
    {
        foreach (var instance in Instances)
            instance.Slots.Close();
        for (var round = 0; round < Rounds && UsedSlots.Any(Server.IsOwned); round++)
            Settle();
        Assert.All(Instances, instance => Assert.True(instance.Slots.Idle.IsCompleted));
        Assert.All(UsedSlots, slot => Assert.False(Server.IsOwned(slot)));
    }

    private bool IsSettled => Instances.All(instance =>
        instance.Waiting.Count == 0 && instance.Held.Count == 0 && instance.Slots.Slots.All(slot => slot.State is not (SlotState.Gaining or SlotState.Yielding)));

    private void Run(Step step, ModelInstance instance)
    {
        var slot = UsedSlots[step.B % UsedSlots.Length];
        switch (step.Kind)
        {
            case StepKind.Acquire:
                Acquire(instance, Keys[step.B % Keys.Length], TimeSpan.FromMilliseconds(Timeouts[step.B % Timeouts.Length]));
                break;
            case StepKind.Try:
                Acquire(instance, Keys[step.B % Keys.Length], TimeSpan.Zero);
                break;
            case StepKind.Anticipate:
                instance.Keys.Find(Keys[step.B % Keys.Length]).Anticipate();
                break;
            case StepKind.Release when instance.Held.Count > 0:
                Release(instance, step.B % instance.Held.Count);
                break;
            case StepKind.Cancel when instance.Waiting.Count > 0:
                instance.Waiting[step.B % instance.Waiting.Count].Cancellation.Cancel();
                break;
            case StepKind.Carry:
                instance.Backend.Carry(slot);
                break;
            case StepKind.Notice:
                instance.Backend.Notice(slot);
                break;
            case StepKind.GiveUp:
                instance.Backend.GiveUp(slot);
                break;
            case StepKind.Deliver when _asks.Count > 0:
                Deliver(step.B % _asks.Count);
                break;
            case StepKind.Drop when _asks.Count > 0:
                _asks.RemoveAt(step.B % _asks.Count);
                break;
            case StepKind.Look:
                Look(instance);
                break;
            case StepKind.RunAgenda:
                instance.Agenda.RunDue();
                break;
            case StepKind.Freeze:
                instance.IsFrozen = true;
                break;
            case StepKind.Partition:
                instance.Backend.IsPartitioned = true;
                break;
            case StepKind.Heal:
                instance.Backend.IsPartitioned = false;
                break;
        }
    }

    private void Acquire(ModelInstance instance, PositionKey key, TimeSpan timeout)
    {
        var cancellation = new CancellationTokenSource();
        var lease = instance.Keys.Find(key).TryAcquireAsync(timeout, cancellation.Token);
        instance.Waiting.Add(new ModelCaller(key, timeout, Now, cancellation, lease));
    }

    private static void Release(ModelInstance instance, int index)
    {
        var lease = instance.Held[index];
        instance.Held.RemoveAt(index);
        lease.Dispose();
    }

    private void Deliver(int index)
    {
        var (number, slot) = _asks[index];
        if (Instances[number].IsFrozen)
            return;
        _asks.RemoveAt(index);
        Invariants.Asked(number, slot);
        Instances[number].Slots.Asked(slot);
    }

    private void Look(ModelInstance instance)
    {
        foreach (var slot in UsedSlots)
        {
            if (!Server.HasLine(slot))
                continue;
            Invariants.Asked(instance.Number, slot);
            instance.Slots.Asked(slot);
        }
    }

    private void Terminate(int index)
    {
        if (Server.Alive.Skip(index).FirstOrDefault() is { } session)
            Server.End(session);
    }

    /// <summary>Whoever is not stopped beats and does what is due on the way.</summary>
    private void Advance(TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= LongestStep)
        {
            Time.Advance(left < LongestStep ? left : LongestStep);
            Server.EndSilent(Now);
            foreach (var instance in Instances.Where(instance => !instance.IsFrozen))
            {
                if (time > LongestStep)
                    instance.Backend.Beat();
                instance.Agenda.RunDue();
            }
            Collect(agendasHaveRun: true);
        }
    }

    private void Settle()
    {
        foreach (var instance in Instances)
        {
            while (instance.Held.Count > 0)
                Release(instance, 0);
            // What that handed over was granted before anything that the server does next.
            Collect(agendasHaveRun: false);
            foreach (var slot in UsedSlots)
            {
                instance.Backend.Carry(slot);
                instance.Backend.Notice(slot);
            }
            instance.Backend.Beat();
            Collect(agendasHaveRun: false);
            Look(instance);
            Collect(agendasHaveRun: false);
        }
        for (; _asks.Count > 0; Collect(agendasHaveRun: false))
            Deliver(0);
        Advance(TimeSpan.FromMilliseconds(25));
    }

    private void Collect(bool agendasHaveRun)
    {
        foreach (var session in Server.Alive)
            _leases[session.Lease.LostToken] = session.Lease;
        foreach (var instance in Instances)
        {
            foreach (var caller in instance.Waiting.Where(caller => caller.HasEnded).ToArray())
            {
                instance.Waiting.Remove(caller);
                if (caller.End() is not { } lease)
                    continue;
                instance.Held.Add(lease);
                Invariants.Granted(instance, lease);
            }
        }
        Invariants.Check(agendasHaveRun);
    }
}
