using System.CommandLine;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.CommandLine;

/// <summary>An option like <c>--over 30s</c>; null when it is not given.</summary>
internal static class DurationOption
{
    public static Option<TimeSpan?> Create(string name, string description, bool recursive = false) =>
        new(name)
        {
            Description = description,
            HelpName = "DURATION",
            CustomParser = argument =>
            {
                var text = argument.Tokens[0].Value;
                if (Durations.TryParse(text, out var duration) && duration > TimeSpan.Zero)
                    return duration;
                argument.AddError($"'{text}' is not a duration. Write it like 500ms, 30s, 5m, 1h or 7d.");
                return null;
            },
            Recursive = recursive,
        };
}
