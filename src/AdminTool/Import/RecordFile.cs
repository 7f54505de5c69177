using System.Text.Json;

namespace PgLocks.AdminTool.Import;

/// <summary>Reads CSV with a header, or JSON objects, one a line; the first character tells which.</summary>
internal static class RecordFile
{
    /// <param name="file">What to read.</param>
    /// <param name="bad">Told of each line that is neither; the others are read all the same.</param>
    public static IEnumerable<FileRecord> Read(TextReader file, Action<LineException> bad) =>
        file.Peek() switch
        {
            -1 => [],
            '{' => ReadJsonLines(file, bad),
            _ => ReadCsv(file, bad),
        };

    private static IEnumerable<FileRecord> ReadJsonLines(TextReader file, Action<LineException> bad)
    {
        var number = 0;
        while (file.ReadLine() is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            if (ParseObject(line) is { } fields)
                yield return new FileRecord(number, fields);
            else
                bad(new LineException(number, "is no JSON object"));
        }
    }

    private static Dictionary<string, string>? ParseObject(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.ValueKind != JsonValueKind.Object
                ? null
                : json.RootElement.EnumerateObject().Where(field => field.Value.ValueKind != JsonValueKind.Null)
                    .GroupBy(field => field.Name).ToDictionary(field => field.Key, field => field.Last().Value.ToString());
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IEnumerable<FileRecord> ReadCsv(TextReader file, Action<LineException> bad)
    {
        var records = new CsvRecords(file);
        if (Next(records, bad) is not { } header)
            yield break;
        while (Next(records, bad) is { } cells)
        {
            if (cells.Count != header.Count)
            {
                bad(new LineException(records.Line, $"has {cells.Count} cells, and the header has {header.Count}"));
                continue;
            }
            yield return new FileRecord(
                records.Line,
                header.Zip(cells).Where(field => field.Second.Length > 0).GroupBy(field => field.First.Trim())
                    .ToDictionary(field => field.Key, field => field.Last().Second));
        }
    }

    /// <summary>Past a quote that is out of place nothing can be told apart any more: the reading ends there.</summary>
    private static IReadOnlyList<string>? Next(CsvRecords records, Action<LineException> bad)
    {
        try
        {
            return records.Next();
        }
        catch (LineException quote)
        {
            bad(quote);
            return null;
        }
    }
}

/// <summary>A line that cannot be read.</summary>
internal sealed class LineException(int line, string problem) : Exception($"line {line} {problem}");
