using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace PgLocks.Keys;

/// <summary>
/// Key → slot: SHA-256 of <c>hotkey:pair</c> as a big-endian integer, modulo the pool size. The mapping of the processors
/// that PgLocks replaces, so that a client in any language computes the same slot.
/// </summary>
/// <param name="poolSize">A power of two from 16 to 4,096: the modulus is then a mask over the digest's last bytes.</param>
internal sealed class SlotMap(int poolSize)
{
    internal const int MinPoolSize = 16;
    internal const int MaxPoolSize = 4096;

    private readonly int _mask = IsPoolSize(poolSize)
        ? poolSize - 1
        : throw new ArgumentOutOfRangeException(nameof(poolSize), poolSize, $"A pool is a power of two from {MinPoolSize} to {MaxPoolSize} slots.");

    internal int PoolSize => _mask + 1;

    internal static bool IsPoolSize(int size) => size is >= MinPoolSize and <= MaxPoolSize && BitOperations.IsPow2(size);

    internal int SlotOf(PositionKey key)
    {
        Span<byte> text = stackalloc byte[2 * KeyRules.MaxBytes + 1];
        int length = Encoding.UTF8.GetBytes(key.MinerHotkey, text);
        text[length++] = (byte)':';
        length += Encoding.UTF8.GetBytes(key.TradePairId, text[length..]);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..length], digest);
        return BinaryPrimitives.ReadUInt16BigEndian(digest[^2..]) & _mask;
    }
}
