namespace OrderProcessor;

/// <summary>What others said, as one line for standard error: the driver's messages can have several, and a key can hold what a terminal takes for a line break.</summary>
internal static class ConsoleLine
{
    public static string Of(string text) => string.Concat(text.ReplaceLineEndings(" ").Select(c => char.IsControl(c) ? $"\\u{(int)c:x4}" : $"{c}"));
}
