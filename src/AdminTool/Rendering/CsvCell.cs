namespace PgLocks.AdminTool.Rendering;

/// <summary>One cell of CSV.</summary>
internal static class CsvCell
{
    private static readonly System.Buffers.SearchValues<char> Quoted = System.Buffers.SearchValues.Create(",\"\r\n");

    /// <summary>Text that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers.</summary>
    public static string Format(object? value)
    {
        var text = Cells.Plain(value);
        if (value is string && text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..])
            text = $"'{text}";
        return text.AsSpan().ContainsAny(Quoted) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
