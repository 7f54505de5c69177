using System.CommandLine;
using System.CommandLine.Parsing;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Import;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Registry;

/// <summary>The arguments that name a miner, a pair or a key.</summary>
internal sealed class EntryArguments
{
    private readonly Argument<string?>? _hotkey;
    private readonly Argument<string?>? _pair;

    public EntryArguments(Command command, RegistryParts parts)
    {
        if (parts.HasFlag(RegistryParts.Hotkey))
            command.Add(_hotkey = Part("HOTKEY", "The miner's hotkey.", text => new RegistryEntry { Hotkey = text }));
        if (parts.HasFlag(RegistryParts.Pair))
            command.Add(_pair = Part("PAIR", "The trade pair's id.", text => new RegistryEntry { Pair = text }));
    }

    public RegistryEntry Read(Invocation call) =>
        new() { Hotkey = _hotkey is null ? null : call.Get(_hotkey), Pair = _pair is null ? null : call.Get(_pair) };

    /// <summary>For sentences: 5GhC…/EURUSD, or the part that there is.</summary>
    public static string Describe(RegistryEntry entry) => Names.Key(entry.Hotkey, entry.Pair)?.TrimEnd('/') ?? entry.Pair!;

    private static Argument<string?> Part(string name, string description, Func<string, RegistryEntry> entry) => new(name)
    {
        Description = description,
        CustomParser = argument => Checked(argument, entry),
    };

    private static string? Checked(ArgumentResult argument, Func<string, RegistryEntry> entry)
    {
        var text = argument.Tokens[0].Value;
        try
        {
            entry(text).Check();
            return text;
        }
        catch (ArgumentException exception)
        {
            argument.AddError(exception.Message);
            return null;
        }
    }
}
