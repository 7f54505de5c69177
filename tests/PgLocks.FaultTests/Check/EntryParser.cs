using System.Globalization;
using PgLocks.FaultTests.Traffic;

namespace PgLocks.FaultTests.Check;

/// <summary>Reads journals back. Words that come again and again are kept once.</summary>
internal sealed class EntryParser
{
    private const int Fields = 7;

    private readonly HashSet<string> _words = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _known;

    internal EntryParser() => _known = _words.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Null for a line that a killed process did not finish.</summary>
    internal Entry? Parse(ReadOnlySpan<char> line, int worker)
    {
        Span<Range> fields = stackalloc Range[Fields + 1];
        return line.Split(fields, '\t') == Fields
            ? new Entry(Long(line[fields[0]]), Word(line[fields[1]]), (int)Long(line[fields[2]]), Long(line[fields[3]]), Long(line[fields[4]]), Long(line[fields[5]]), Word(line[fields[6]])) { Worker = worker }
            : null;
    }

    private static long Long(ReadOnlySpan<char> field) => long.Parse(field, NumberStyles.Integer, CultureInfo.InvariantCulture);

    private string Word(ReadOnlySpan<char> field)
    {
        if (_known.TryGetValue(field, out var known))
            return known;
        var word = field.ToString();
        _words.Add(word);
        return word;
    }
}
