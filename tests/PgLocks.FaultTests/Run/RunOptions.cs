using PgLocks.FaultTests.Traffic;

namespace PgLocks.FaultTests;

/// <summary>One run: everything random in it comes from the seed.</summary>
internal sealed record RunOptions
{
    public required int Seed { get; init; }

    /// <summary>How long faults are injected. With none given, until each kind was injected once.</summary>
    public double? Minutes { get; init; }

    /// <summary>Kinds of faults; empty for all that the form has.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    public int Processes { get; init; } = 4;

    public Mutation Mutation { get; init; }

    /// <summary>No fault beside another.</summary>
    public bool OneAtATime { get; init; }

    /// <summary>A process that does no increment for so long, without a fault of its own, is stuck.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Where the report is to be left as Markdown; null for nowhere.</summary>
    public string? ReportFile { get; init; }

    /// <summary>Whether the history is kept also when nothing is wrong, or nothing but what a mutation does.</summary>
    public bool Keep { get; init; }

    /// <summary>The long form has the faults that take long.</summary>
    public bool IsLong => Minutes > 3;

    /// <summary>The one command that does the same again.</summary>
    public string Command =>
        FormattableString.Invariant($"dotnet run --project tests/PgLocks.FaultTests -c Release -- soak --seed {Seed} --processes {Processes}")
        + (Minutes is { } minutes ? FormattableString.Invariant($" --minutes {minutes}") : "")
        + (OneAtATime ? " --one-at-a-time" : "")
        + (Faults.Count > 0 ? $" --faults {string.Join(',', Faults)}" : "")
        + (Mutation != Mutation.None ? $" --mutation {Mutation}" : "");
}
