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
    private const int Fields = 7;

    /// <summary>Which start of a worker wrote it.</summary>
    internal int Worker { get; init; }

    internal string ToLine() => string.Create(CultureInfo.InvariantCulture, $"{At}\t{What}\t{Key}\t{Token}\t{Section}\t{Number}\t{Text.ReplaceLineEndings(" ").Replace('\t', ' ')}\n");

    /// <summary>Null for a line that a killed process did not finish.</summary>
    internal static Entry? Parse(string line, int worker)
    {
        var fields = line.Split('\t');
        return fields.Length == Fields
            ? new Entry(Long(fields[0]), fields[1], (int)Long(fields[2]), Long(fields[3]), Long(fields[4]), Long(fields[5]), fields[6]) { Worker = worker }
            : null;
    }

    private static long Long(string field) => long.Parse(field, CultureInfo.InvariantCulture);
}
