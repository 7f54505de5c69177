using Microsoft.Extensions.Time.Testing;
using PgLocks.Postgres;

namespace PgLocks.Tests.Postgres;

public sealed class AdaptiveSpinTests
{
    private readonly FakeTimeProvider _time = new();
    private int _looks;

    [Fact]
    public void Spin_NothingEarned_DoesNotLook()
    {
        Spin(foundAtLook: int.MaxValue).Spin();

        Assert.Equal(0, _looks);
    }

    [Fact]
    public void Woken_Soon_EarnsALook()
    {
        AdaptiveSpin spin = Spin(foundAtLook: 5);

        spin.Woken(_time.GetTimestamp());
        spin.Spin();

        Assert.True(_looks >= 5);
        Assert.Equal(2, spin.Credit);
    }

    [Fact]
    public void Woken_Late_EarnsNothing()
    {
        AdaptiveSpin spin = Spin(foundAtLook: 1);
        long since = _time.GetTimestamp();

        _time.Advance(AdaptiveSpin.Longest * 3);
        spin.Woken(since);

        Assert.Equal(0, spin.Credit);
    }

    [Fact]
    public void Spin_InVain_CostsWhatWasEarnedAndEnds()
    {
        AdaptiveSpin spin = Spin(foundAtLook: int.MaxValue);
        for (int i = 0; i < 1000; i++)
            spin.Woken(_time.GetTimestamp());
        int earned = spin.Credit;

        for (int i = 0; i < earned; i++)
            spin.Spin();
        int looks = _looks;
        spin.Spin();

        Assert.InRange(earned, 1, 100);
        Assert.Equal(0, spin.Credit);
        Assert.Equal(looks, _looks);
    }

    /// <summary>Each look takes some time of the clock.</summary>
    private AdaptiveSpin Spin(int foundAtLook) => new(_time, () =>
    {
        _time.Advance(TimeSpan.FromMicroseconds(1));
        return ++_looks >= foundAtLook;
    });
}
