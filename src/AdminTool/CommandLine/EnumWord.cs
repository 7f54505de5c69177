using System.CommandLine.Parsing;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.CommandLine;

/// <summary>An option whose value is one of a few words.</summary>
internal static class EnumWord
{
    public static T Parse<T>(ArgumentResult argument)
        where T : struct, Enum
    {
        var word = argument.Tokens[0].Value;
        var words = Enum.GetNames<T>().Select(name => name.ToLowerInvariant()).ToList();
        var index = words.IndexOf(word);
        if (index >= 0)
            return Enum.GetValues<T>()[index];
        argument.AddError($"'{TerminalText.Escape(word)}' is none of: {string.Join(", ", words)}.");
        return default;
    }
}
