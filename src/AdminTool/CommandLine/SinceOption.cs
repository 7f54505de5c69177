using System.CommandLine;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.CommandLine;

/// <summary>The window of figures, that ends now.</summary>
/// <param name="Length">Null: all that is kept.</param>
internal sealed record Since(TimeSpan? Length)
{
    private static readonly Since LastHour = new(TimeSpan.FromHours(1));

    public static Option<Since> CreateOption() => new("--since")
    {
        Description = "The window that ends now: a duration like 5m, 1h, 7d, or all. Default: 1h.",
        HelpName = "DURATION|all",
        CustomParser = argument =>
        {
            var text = argument.Tokens[0].Value;
            if (text.Equals("all", StringComparison.OrdinalIgnoreCase))
                return new Since((TimeSpan?)null);
            if (Durations.TryParse(text, out var length) && length > TimeSpan.Zero)
                return new Since(length);
            argument.AddError($"'{text}' is no window. Write a duration like 5m, 1h or 7d, or all.");
            return LastHour;
        },
    };

    public static Since Of(Invocation call, Option<Since> option) => call.Get(option) ?? LastHour;

    /// <summary>For sentences: "in the last 1 h".</summary>
    public override string ToString() => Length is { } length ? $"in the last {Durations.Show(length)}" : "in all that is kept";
}
