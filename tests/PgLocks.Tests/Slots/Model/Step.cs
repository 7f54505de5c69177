using CsCheck;

namespace PgLocks.Tests.Slots.Model;

/// <summary>One thing that happens; <paramref name="A"/> chooses the instance, <paramref name="B"/> whatever else there is to choose.</summary>
internal readonly record struct Step(StepKind Kind, int A, int B)
{
    private static readonly (int Weight, StepKind Kind)[] Weights =
    [
        (20, StepKind.Acquire), (6, StepKind.Try), (3, StepKind.Anticipate), (14, StepKind.Release), (2, StepKind.Cancel),
        (20, StepKind.Carry), (12, StepKind.Notice), (1, StepKind.GiveUp),
        (8, StepKind.Deliver), (2, StepKind.Drop), (3, StepKind.Look),
        (16, StepKind.Advance), (4, StepKind.RunAgenda),
        (1, StepKind.Freeze), (2, StepKind.Thaw), (1, StepKind.Partition), (2, StepKind.Heal), (2, StepKind.Terminate),
    ];

    internal static readonly Gen<Step> Any = Gen.Select(
        Gen.Frequency([.. Weights.Select(weight => (weight.Weight, (IGen<StepKind>)Gen.Const(weight.Kind)))]),
        Gen.Int[0, 2],
        Gen.Int[0, 11],
        (kind, a, b) => new Step(kind, a, b));

    public override string ToString() => $"{Kind} {A} {B}";
}

internal enum StepKind
{
    /// <summary>A caller acquires.</summary>
    Acquire,

    /// <summary>A caller tries once.</summary>
    Try,

    /// <summary>A caller is about to acquire.</summary>
    Anticipate,

    /// <summary>A holder releases.</summary>
    Release,

    /// <summary>A caller's token is cancelled.</summary>
    Cancel,

    /// <summary>The backend carries out what was posted for a slot.</summary>
    Carry,

    /// <summary>A waiter session notices its grant or its end.</summary>
    Notice,

    /// <summary>A waiter session's longest wait is over.</summary>
    GiveUp,

    /// <summary>A yield request arrives.</summary>
    Deliver,

    /// <summary>A yield request gets lost.</summary>
    Drop,

    /// <summary>The listener looks for waiters.</summary>
    Look,

    /// <summary>Time goes on.</summary>
    Advance,

    /// <summary>An instance does what is due.</summary>
    RunAgenda,

    /// <summary>SIGSTOP.</summary>
    Freeze,

    /// <summary>SIGCONT.</summary>
    Thaw,

    /// <summary>The network between an instance and the server falls silent.</summary>
    Partition,

    /// <summary>It is well again.</summary>
    Heal,

    /// <summary>The server ends a session.</summary>
    Terminate,
}
