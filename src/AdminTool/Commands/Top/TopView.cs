namespace PgLocks.AdminTool.Commands.Top;

/// <summary>What somebody wants to see, and how keys change it.</summary>
internal sealed class TopView
{
    public const string Help = "q quit  w wait  h hold  a acquired  c collisions  Tab slots/keys  / filter  Space pause  ↑↓ Enter look into  Esc back";

    public TopSubject Subject { get; set; }

    public TopOrder Order { get; set; }

    public string Filter { get; private set; } = "";

    /// <summary>Whether letters go to the filter.</summary>
    public bool IsTyping { get; private set; }

    public bool IsPaused { get; private set; }

    /// <summary>The row that Enter looks into, from 0 on.</summary>
    public int Selected { get; private set; }

    /// <summary>The slot that is looked into; null: the list is shown.</summary>
    public int? Slot { get; private set; }

    /// <summary>Does what the key says; false: it is the end.</summary>
    public bool Press(ConsoleKeyInfo key, IReadOnlyList<TopRow> rows)
    {
        if (IsTyping)
            Type(key);
        else if (key.KeyChar is 'q' or 'Q')
            return false;
        else
            Command(key, rows);
        Selected = Math.Clamp(Selected, 0, Math.Max(0, rows.Count - 1));
        return true;
    }

    private void Type(ConsoleKeyInfo key)
    {
        switch (key.Key)
        {
            case ConsoleKey.Enter:
                IsTyping = false;
                break;
            case ConsoleKey.Escape:
                IsTyping = false;
                Filter = "";
                break;
            case ConsoleKey.Backspace:
                Filter = Filter.Length == 0 ? "" : Filter[..^1];
                break;
            default:
                if (!char.IsControl(key.KeyChar))
                    Filter += key.KeyChar;
                break;
        }
    }

    private void Command(ConsoleKeyInfo key, IReadOnlyList<TopRow> rows)
    {
        switch (key)
        {
            case { Key: ConsoleKey.UpArrow }: Selected--; break;
            case { Key: ConsoleKey.DownArrow }: Selected++; break;
            case { Key: ConsoleKey.PageUp }: Selected -= 10; break;
            case { Key: ConsoleKey.PageDown }: Selected += 10; break;
            case { Key: ConsoleKey.Enter } when Slot is null && Selected < rows.Count: Slot = rows[Selected].Slot; break;
            case { Key: ConsoleKey.Escape }: Back(); break;
            case { Key: ConsoleKey.Tab }: Subject = Subject == TopSubject.Slots ? TopSubject.Keys : TopSubject.Slots; break;
            case { KeyChar: ' ' }: IsPaused = !IsPaused; break;
            case { KeyChar: '/' } when Slot is null: IsTyping = true; break;
            case { KeyChar: 'w' }: Order = TopOrder.Wait; break;
            case { KeyChar: 'h' }: Order = TopOrder.Hold; break;
            case { KeyChar: 'a' }: Order = TopOrder.Acquired; break;
            case { KeyChar: 'c' }: Order = TopOrder.Collisions; break;
        }
    }

    private void Back()
    {
        if (Slot is null)
            Filter = "";
        Slot = null;
    }
}
