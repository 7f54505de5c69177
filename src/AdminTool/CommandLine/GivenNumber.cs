using System.CommandLine.Parsing;
using System.Globalization;

namespace PgLocks.AdminTool.CommandLine;

/// <summary>For validators, which also run for what is no number: asking for the value would throw then, and the parser tells that mistake itself.</summary>
internal static class GivenNumber
{
    /// <summary>Null when none was given, or none that can be read.</summary>
    public static int? Given(this OptionResult result) =>
        result.Tokens is [var token, ..] && int.TryParse(token.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;
}
