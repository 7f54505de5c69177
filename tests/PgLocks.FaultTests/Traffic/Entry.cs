using System.Globalization;

namespace PgLocks.FaultTests.Traffic;

/// <summary>One line of a worker's journal.</summary>
/// <param name="At">On the machine's monotonic clock, which all processes share.</param>
/// <param name="What">One of <see cref="Happening"/>.</param>
/// <param name="Key">Index of the key; -1 for none.</param>
/// <param name="Token">Fencing token, once granted.</param>
/// <param name="Section">The critical section, once there is one.</param>
/// <param name="Number">Depends on what happened.</param>
/// <param name="Text">Depends on what happened.</param>
internal sealed record Entry(long At, string What, int Key, long Token, long Section, long Number, string Text)
{
    /// <summary>Which start of a worker wrote it.</summary>
    internal int Worker { get; init; }

    internal string ToLine() => string.Create(CultureInfo.InvariantCulture, $"{At}\t{What}\t{Key}\t{Token}\t{Section}\t{Number}\t{Text.ReplaceLineEndings(" ").Replace('\t', ' ')}\n");
}
