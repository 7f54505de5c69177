using System.Text.Json;

namespace PgLocks.AdminTool.Import;

/// <summary>Reads CSV with a header, or JSON objects, one a line; the first character tells which.</summary>
internal static class RecordFile
{
    /// <exception cref="LineException">A line is neither.</exception>
    public static IEnumerable<FileRecord> Read(TextReader file) =>
        file.Peek() switch
        {
            -1 => [],
            '{' => ReadJsonLines(file),
            _ => ReadCsv(file),
        };

    private static IEnumerable<FileRecord> ReadJsonLines(TextReader file)
    {
        var number = 0;
        while (file.ReadLine() is { } line)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
                yield return new FileRecord(number, ParseObject(line, number));
        }
    }

    private static Dictionary<string, string> ParseObject(string line, int number)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.ValueKind != JsonValueKind.Object
                ? throw new LineException(number, "is no JSON object")
                : json.RootElement.EnumerateObject().Where(field => field.Value.ValueKind != JsonValueKind.Null)
                    .GroupBy(field => field.Name).ToDictionary(field => field.Key, field => field.Last().Value.ToString());
        }
        catch (JsonException)
        {
            throw new LineException(number, "is no JSON object");
        }
    }

    private static IEnumerable<FileRecord> ReadCsv(TextReader file)
    {
        var records = new CsvRecords(file);
        if (records.Next() is not { } header)
            yield break;
        while (records.Next() is { } cells)
        {
            if (cells.Count != header.Count)
                throw new LineException(records.Line, $"has {cells.Count} cells, and the header has {header.Count}");
            yield return new FileRecord(
                records.Line,
                header.Zip(cells).Where(field => field.Second.Length > 0).GroupBy(field => field.First.Trim())
                    .ToDictionary(field => field.Key, field => field.Last().Second));
        }
    }
}

/// <summary>A line that cannot be read.</summary>
internal sealed class LineException(int line, string problem) : Exception($"line {line} {problem}");
