namespace OrderProcessor.Generator;

/// <summary>Values drawn from a seeded source, so that the same seed gives the same stream.</summary>
internal static class RandomExtensions
{
    private const string Base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private const int HotkeyLength = 48;

    /// <summary>Looks like the SS58 address of a miner's hotkey; nobody has its private key.</summary>
    public static string NextHotkey(this Random random) =>
        $"5{"CDEFGH"[random.Next(6)]}{new string(random.GetItems<char>(Base58, HotkeyLength - 2))}";

    public static Guid NextGuid(this Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>From <paramref name="least"/> up to <paramref name="most"/>, in steps of 10^-<paramref name="decimals"/>.</summary>
    public static decimal NextDecimal(this Random random, decimal least, decimal most, int decimals) =>
        Math.Round(least + (most - least) * (random.Next(1_000_001) / 1_000_000m), decimals);
}
