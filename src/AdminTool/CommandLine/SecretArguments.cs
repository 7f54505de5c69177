using System.Text.RegularExpressions;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.CommandLine;

/// <summary>Keeps out of messages what was typed as a connection string, wherever it was put.</summary>
internal static partial class SecretArguments
{
    /// <summary>The message without those arguments; each stands in it between quotes, as it is or escaped.</summary>
    public static string Hide(string message, IEnumerable<string> arguments)
    {
        foreach (var argument in Of(arguments).OrderByDescending(argument => argument.Length))
        {
            message = message.Replace($"'{argument}'", "'…'", StringComparison.Ordinal)
                .Replace($"'{TerminalText.Escape(argument)}'", "'…'", StringComparison.Ordinal);
        }
        return message;
    }

    /// <summary>Without quotes around it a connection string falls to pieces at its spaces: all up to the next option are its own.</summary>
    private static IEnumerable<string> Of(IEnumerable<string> arguments)
    {
        var isSecret = false;
        foreach (var argument in arguments)
        {
            isSecret = IsSecret().IsMatch(argument) || (isSecret && !argument.StartsWith("--", StringComparison.Ordinal));
            if (isSecret)
                yield return argument;
        }
    }

    [GeneratedRegex(@"(password|passwd|pwd|psw|passphrase|secret)\s*[=:]|://[^/]*@|=[^;]*;", RegexOptions.IgnoreCase)]
    private static partial Regex IsSecret();
}
