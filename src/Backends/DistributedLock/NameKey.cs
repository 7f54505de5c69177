using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace PgLocks.Backends.DistributedLock;

/// <summary>Any string as a key, different strings as different keys.</summary>
internal static class NameKey
{
    internal const string Hotkey = "~";

    // Within the reserved hotkey: a name that stands for itself, and one that cannot.
    private const char Plain = '=';
    private const char Digest = '#';

    internal static PositionKey Of(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        int colon = name.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && name[..colon] != Hotkey && TryKey(name[..colon], name[(colon + 1)..]) is { } position)
            return position;
        return TryKey(Hotkey, Plain + name) ?? new PositionKey(Hotkey, Digest + DigestOf(name));
    }

    private static PositionKey? TryKey(string hotkey, string pair)
    {
        try
        {
            return new PositionKey(hotkey, pair);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Over UTF-16, in which a lone surrogate is itself; UTF-8 would make one character of them all.</summary>
    private static string DigestOf(string name) => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(name.AsSpan())));
}
