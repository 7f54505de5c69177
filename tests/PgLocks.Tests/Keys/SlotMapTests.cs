using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using PgLocks.Keys;

namespace PgLocks.Tests.Keys;

public sealed class SlotMapTests
{
    private static readonly int[] Pools = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096];

    /// <summary>Computed by another program: <c>int.from_bytes(sha256(text).digest(), 'big') % pool</c> in Python.</summary>
    public static TheoryData<string, string, int[]> Vectors => new()
    {
        { "5GhCxfBcA7Ur5iiAS343xwvrYHTUfBjBi4JimiL5LhujRT9t", "EURUSD", [8, 24, 24, 24, 24, 280, 792, 792, 792] },
        { "5C4hrfjw9DjXZTzV3MwzrrAr9P1MJhSrvWGWqi1eSuyUpnhM", "BTCUSD", [13, 29, 61, 61, 189, 189, 189, 189, 189] },
        { "a", "b", [8, 24, 24, 88, 216, 472, 472, 1496, 1496] },
        { "a", "b:c", [14, 30, 30, 94, 94, 350, 350, 350, 2398] },
        { "矿工", "美元", [5, 5, 5, 69, 69, 69, 69, 69, 69] },
        { "😀", "x", [0, 16, 16, 16, 144, 400, 400, 1424, 3472] },
        { new string('k', 256), new string('p', 256), [7, 7, 39, 103, 231, 487, 999, 2023, 2023] },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void SlotOf_KnownKey_IsTheSlotOfOtherLanguages(string hotkey, string pair, int[] slots)
    {
        var key = new PositionKey(hotkey, pair);

        Assert.Equal(slots, Pools.Select(pool => new SlotMap(pool).SlotOf(key)));
    }

    [Fact]
    public void SlotOf_AnyKey_IsTheDigestAsBigEndianIntegerModuloThePool() =>
        Gen.Select(Gen.String[Gen.Char['!', '~'], 1, 256], Gen.String[Gen.Char['α', 'ω'], 1, 128], Gen.OneOf([.. Pools.Select(pool => Gen.Const(pool))]))
            .Where((hotkey, _, _) => !hotkey.Contains(':', StringComparison.Ordinal))
            .Sample((hotkey, pair, pool) =>
            {
                var digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{hotkey}:{pair}"));
                var number = BigInteger.Parse("0" + Convert.ToHexString(digest), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

                Assert.Equal((int)(number % pool), new SlotMap(pool).SlotOf(new PositionKey(hotkey, pair)));
            });

    [Theory]
    [InlineData(0)]
    [InlineData(-16)]
    [InlineData(8)]
    [InlineData(15)]
    [InlineData(17)]
    [InlineData(255)]
    [InlineData(8192)]
    [InlineData(int.MinValue)]
    public void Constructor_NoPoolSize_IsRefused(int size)
    {
        Assert.False(SlotMap.IsPoolSize(size));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SlotMap(size));
    }

    [Fact]
    [Trait("Pitfall", "20: the lock table is finite")]
    public void IsPoolSize_PowersOfTwoFrom16To4096_AreTheOnlyOnes() =>
        Assert.Equal(Pools, Enumerable.Range(-1, 10_000).Where(SlotMap.IsPoolSize));
}
