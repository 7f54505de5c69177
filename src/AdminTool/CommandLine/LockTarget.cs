using System.CommandLine;
using System.Globalization;
using Npgsql;
using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.CommandLine;

/// <summary>What a verb is about: a slot, or a key and thereby its slot.</summary>
internal sealed record LockTarget(int? Slot, PositionKey? Key)
{
    public static Argument<LockTarget> CreateArgument() => new("SLOT|HOTKEY/PAIR")
    {
        Description = "A slot's number, or a key: 17, or 5GhC…/EURUSD.",
        CustomParser = argument =>
        {
            var text = argument.Tokens[0].Value;
            try
            {
                return Parse(text);
            }
            catch (FormatException)
            {
                argument.AddError($"'{TerminalText.Escape(text)}' is neither a slot nor a key. Write a number, or HOTKEY/PAIR.");
            }
            catch (ArgumentException exception)
            {
                argument.AddError(exception.Message);
            }
            return null!;
        },
    };

    /// <exception cref="FormatException">Neither a slot nor a key.</exception>
    /// <exception cref="ArgumentException">A part of the key breaks a rule.</exception>
    public static LockTarget Parse(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var slot))
            return new LockTarget(slot, null);
        // A hotkey has no colon, so that one separates for sure; a slash is easier to type.
        var separator = text.IndexOf(':', StringComparison.Ordinal);
        if (separator < 0)
            separator = text.IndexOf('/', StringComparison.Ordinal);
        return separator < 0 ? throw new FormatException() : new LockTarget(null, new PositionKey(text[..separator], text[(separator + 1)..]));
    }

    /// <summary>The slot in the space.</summary>
    /// <exception cref="ToolException">The pool has no such slot.</exception>
    public async Task<int> SlotInAsync(NpgsqlConnection connection, Space space, CancellationToken cancellationToken) =>
        Key is { } key ? await SpaceQueries.SlotOfAsync(connection, space, key, cancellationToken)
        : Slot < space.PoolSize ? Slot.Value
        : throw new ToolException(
            ExitCode.NotFound, "slot_not_found", $"There is no slot {Slot} in space '{space.Name}'.", $"Choose one from 0 to {space.PoolSize - 1}.");
}
