namespace PgLocks.Benchmarks.Load;

/// <summary>The 5,000 positions of all scenarios: 100 miners with 50 trade pairs each, the same in every process.</summary>
internal static class KeySet
{
    internal const int Miners = 100;
    internal const int Pairs = 50;
    internal const int Count = Miners * Pairs;

    private const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private const int HotkeyLength = 48;

    internal static PositionKey Key(int number) => new(Hotkey(number / Pairs), Pair(number % Pairs));

    /// <summary>The keys of one process: those of its own miners, or all of them.</summary>
    internal static int[] Affine(int process, int processes) => [.. Enumerable.Range(0, Count).Where(number => number / Pairs % processes == process)];

    internal static int[] All() => [.. Enumerable.Range(0, Count)];

    /// <summary>Looks like an SS58 address; the same for the same number everywhere.</summary>
    internal static string Hotkey(int miner)
    {
        var random = new Dice((uint)miner);
        return string.Create(HotkeyLength, random, static (text, dice) =>
        {
            text[0] = '5';
            for (int i = 1; i < text.Length; i++)
                text[i] = Alphabet[dice.Below(Alphabet.Length)];
        });
    }

    private static string Pair(int pair)
    {
        string[] currencies = ["EUR", "USD", "JPY", "GBP", "CHF", "AUD", "NZD", "CAD"];
        return currencies[pair / 7] + currencies.Where((_, i) => i != pair / 7).ElementAt(pair % 7);
    }
}
