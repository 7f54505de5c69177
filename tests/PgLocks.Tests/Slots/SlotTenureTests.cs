using CsCheck;
using PgLocks.Slots;

namespace PgLocks.Tests.Slots;

/// <summary>The one word that every grant looks at, against a plain model of it.</summary>
public sealed class SlotTenureTests
{
    private const long Deadline = 100;

    private enum Step
    {
        Enter,
        Leave,
        Ask,
        Close,
        CloseIfIdle,
        Admit,
    }

    [Fact]
    public void AnySteps_Random_AgreeWithTheModel() =>
        Gen.Select(Gen.Enum<Step>(), Gen.Long[0, Deadline + 10]).Array[0, 60].Sample(steps =>
        {
            var (tenure, model) = (NewTenure(), new Model());
            tenure.Admit(transient: false, closeAt: null);
            foreach (var (step, at) in steps)
            {
                var result = Run(tenure, step, at, model.Count);
                Assert.Equal(model.Run(step, at), result);
                Assert.Equal((model.Count, model.IsOpen, model.IsAsked, model.IsKept), (tenure.Count, tenure.IsOpen, tenure.IsAsked, tenure.IsKept));
            }
        }, iter: 5_000);

    [Fact]
    public void TryEnter_AtTheDeadlineOrOfALostSession_IsRefused()
    {
        var tenure = NewTenure();
        tenure.Admit(transient: false, closeAt: null);

        Assert.True(tenure.TryEnter(Deadline - 1, out _));
        Assert.False(tenure.TryEnter(Deadline, out _));
        tenure.Session.TryLose("test");
        Assert.False(tenure.TryEnter(0, out _));
    }

    [Fact]
    public void TryExtend_NumbersOfItsOwn_GoOnWithoutAGapAndNothingElseDoes()
    {
        var tenure = NewTenure();

        Assert.False(tenure.TryExtend(newest: 4));
        Assert.True(tenure.TryExtend(newest: 7));
        Assert.False(tenure.TryExtend(newest: 7));
        Assert.True(tenure.TryExtend(newest: 9));
    }

    private static SlotTenure NewTenure()
    {
        var session = new SessionLease("home");
        session.TryRenew(Deadline, 0);
        return new SlotTenure(new SlotFixture().Slot, session, epoch: 5);
    }

    private static long Run(SlotTenure tenure, Step step, long at, int count)
    {
        switch (step)
        {
            case Step.Enter:
                return tenure.TryEnter(at, out var token) ? token : -1;
            case Step.Leave when count > 0:
                tenure.Leave();
                break;
            case Step.Ask:
                tenure.Ask(at);
                break;
            case Step.Close:
                tenure.Close();
                break;
            case Step.CloseIfIdle:
                return tenure.TryCloseIdle() ? 1 : 0;
            case Step.Admit:
                tenure.Admit(transient: at % 2 == 0, closeAt: at % 3 == 0 ? at : null);
                break;
        }
        return 0;
    }

    private sealed class Model
    {
        private long _closeAt = long.MaxValue;
        private long _granted;
        private bool _isTransient;

        internal int Count { get; private set; }

        internal bool IsOpen { get; private set; } = true;

        internal bool IsAsked { get; private set; }

        internal bool IsKept => IsOpen && !_isTransient;

        internal long Run(Step step, long at)
        {
            switch (step)
            {
                case Step.Enter:
                    if (!IsOpen || at >= Deadline || (IsAsked && at >= _closeAt))
                        return -1;
                    Count++;
                    return (5L << 20) + _granted++;
                case Step.Leave when Count > 0:
                    Count--;
                    break;
                case Step.Ask:
                    (_closeAt, IsAsked, _isTransient) = (at, true, true);
                    break;
                case Step.Close:
                    IsOpen = false;
                    break;
                case Step.CloseIfIdle:
                    IsOpen &= Count > 0;
                    return Count == 0 ? 1 : 0;
                case Step.Admit:
                    _closeAt = at % 3 == 0 ? at : long.MaxValue;
                    IsOpen = true;
                    _isTransient |= at % 2 == 0 || at % 3 == 0;
                    IsAsked |= at % 3 == 0;
                    break;
            }
            return 0;
        }
    }
}
