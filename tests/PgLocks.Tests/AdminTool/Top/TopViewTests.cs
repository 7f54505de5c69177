using PgLocks.AdminTool.Commands.Top;

namespace PgLocks.Tests.AdminTool.Top;

public sealed class TopViewTests
{
    private readonly TopView _view = new();
    private readonly IReadOnlyList<TopRow> _rows = Frames.Of(Frames.Kept(1), Frames.Kept(2), Frames.Kept(3)).Slots;

    [Fact]
    public void Press_Q_IsTheEnd() => Assert.False(Press('q'));

    [Theory]
    [InlineData('h', nameof(TopOrder.Hold))]
    [InlineData('a', nameof(TopOrder.Acquired))]
    [InlineData('c', nameof(TopOrder.Collisions))]
    [InlineData('w', nameof(TopOrder.Wait))]
    public void Press_Letter_Sorts(char letter, string order)
    {
        _view.Order = letter == 'w' ? TopOrder.Hold : TopOrder.Wait;

        Press(letter);

        Assert.Equal(Enum.Parse<TopOrder>(order), _view.Order);
    }

    [Fact]
    public void Press_TabAndSpace_GoThereAndBack()
    {
        Press('\t', ConsoleKey.Tab);
        Press(' ', ConsoleKey.Spacebar);
        Assert.Equal((TopSubject.Keys, true), (_view.Subject, _view.IsPaused));

        Press('\t', ConsoleKey.Tab);
        Press(' ', ConsoleKey.Spacebar);
        Assert.Equal((TopSubject.Slots, false), (_view.Subject, _view.IsPaused));
    }

    [Fact]
    public void Press_Slash_TypesAFilterUntilEnter()
    {
        foreach (var letter in "/qhx")
            Assert.True(Press(letter));
        Press('\b', ConsoleKey.Backspace);
        Press('\u0001');
        Assert.Equal(("qh", true), (_view.Filter, _view.IsTyping));

        Press('\r', ConsoleKey.Enter);
        Assert.Equal(("qh", false, null), (_view.Filter, _view.IsTyping, _view.Slot));

        Press('\u001b', ConsoleKey.Escape);
        Assert.Equal("", _view.Filter);
    }

    [Fact]
    public void Press_EscapeWhileTyping_DropsTheFilter()
    {
        Press('/');
        Press('x');
        Press('\u001b', ConsoleKey.Escape);

        Assert.Equal(("", false), (_view.Filter, _view.IsTyping));
    }

    [Fact]
    public void Press_Arrows_StayWithinTheRowsAndEnterLooksIntoTheSlot()
    {
        Press('\0', ConsoleKey.UpArrow);
        Assert.Equal(0, _view.Selected);
        foreach (var _ in _rows.Append(_rows[0]))
            Press('\0', ConsoleKey.DownArrow);
        Assert.Equal(2, _view.Selected);

        Press('\r', ConsoleKey.Enter);
        Assert.Equal(3, _view.Slot);

        Press('\u001b', ConsoleKey.Escape);
        Assert.Null(_view.Slot);
    }

    [Fact]
    public void Press_EnterWithoutRows_LooksIntoNothing()
    {
        _view.Press(new ConsoleKeyInfo('\r', ConsoleKey.Enter, false, false, false), []);

        Assert.Null(_view.Slot);
    }

    private bool Press(char letter, ConsoleKey key = ConsoleKey.None) => _view.Press(new ConsoleKeyInfo(letter, key, false, false, false), _rows);
}
