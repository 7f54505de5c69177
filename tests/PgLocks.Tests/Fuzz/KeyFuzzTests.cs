using System.Text;
using CsCheck;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Rendering;
using PgLocks.Backends.DistributedLock;
using PgLocks.Keys;

namespace PgLocks.Tests.Fuzz;

public sealed class KeyFuzzTests
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    [Fact]
    public void Constructor_AnyTwoTexts_MakesAKeyOrSaysWhichPartBreaksWhichRule() => Gen.Select(Texts.Any, Texts.Any).Sample(
        (hotkey, pair) =>
        {
            PositionKey key;
            try
            {
                key = new PositionKey(hotkey, pair);
            }
            catch (ArgumentException refused)
            {
                Assert.Contains(refused.ParamName, (string[])["minerHotkey", "tradePairId"]);
                Assert.InRange(refused.Message.Length, 20, 400);
                Assert.True(Texts.IsPlain(refused.Message), refused.Message);
                return;
            }
            Assert.InRange(Strict.GetByteCount(hotkey), 1, 256);
            Assert.InRange(Strict.GetByteCount(pair), 1, 256);
            Assert.DoesNotContain(':', hotkey);
            Assert.DoesNotContain(key.ToString(), char.IsControl);
            Assert.Equal($"{hotkey}:{pair}", key.ToString());
            Assert.InRange(new SlotMap(256).SlotOf(key), 0, 255);
            Assert.Equal(key, LockTarget.Parse(key.ToString()).Key ?? key);
            Assert.DoesNotContain(TerminalText.Escape(key.ToString()), c => char.IsControl(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format);
        },
        iter: 20_000);

    [Fact]
    public void Equals_AnyTwoKeys_AreOneOnlyIfTheyAreTheSameBytes() => Gen.Select(Texts.Any, Texts.Any).Where(IsKey).Array[2].Sample(
        pairs =>
        {
            var (one, two) = (new PositionKey(pairs[0].Item1, pairs[0].Item2), new PositionKey(pairs[1].Item1, pairs[1].Item2));
            var areSame = Strict.GetBytes(one.ToString()).AsSpan().SequenceEqual(Strict.GetBytes(two.ToString()));
            Assert.Equal(areSame, one == two);
            Assert.True(!areSame || one.GetHashCode() == two.GetHashCode());
        },
        iter: 5_000);

    [Fact]
    public void LockTarget_AnyText_IsASlotAKeyOrRefused() => Texts.Any.Sample(
        text =>
        {
            try
            {
                var target = LockTarget.Parse(text);
                Assert.True(target.Slot is >= 0 ^ target.Key is not null);
            }
            catch (FormatException)
            {
            }
            catch (ArgumentException refused)
            {
                Assert.True(Texts.IsPlain(refused.Message), refused.Message);
            }
        },
        iter: 10_000);

    [Fact]
    public void NameKey_AnyName_IsAKey() => Texts.Any.Where(name => name.Length > 0).Sample(name => Assert.NotEmpty(NameKey.Of(name).MinerHotkey), iter: 5_000);

    private static bool IsKey((string Hotkey, string Pair) parts)
    {
        try
        {
            _ = new PositionKey(parts.Hotkey, parts.Pair);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
