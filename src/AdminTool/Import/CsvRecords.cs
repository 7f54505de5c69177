using System.Text;

namespace PgLocks.AdminTool.Import;

/// <summary>Records of CSV as RFC 4180 describes it: a quoted cell may have commas, line ends and doubled quotes.</summary>
internal sealed class CsvRecords(TextReader file)
{
    private int _line = 1;

    /// <summary>The line that the last record began on.</summary>
    public int Line { get; private set; }

    /// <summary>The next record that is no empty line; null at the end.</summary>
    /// <exception cref="LineException">A quoted cell does not end.</exception>
    public IReadOnlyList<string>? Next()
    {
        while (file.Peek() >= 0)
        {
            Line = _line;
            List<string> cells = [];
            do
            {
                cells.Add(Cell());
            }
            while (Skip(','));
            EndLine();
            if (cells is not [""])
                return cells;
        }
        return null;
    }

    private string Cell()
    {
        var text = new StringBuilder();
        if (!Skip('"'))
        {
            while (file.Peek() is >= 0 and not (',' or '\r' or '\n'))
                text.Append((char)file.Read());
            return text.ToString();
        }
        while (true)
        {
            var character = file.Read();
            if (character < 0)
                throw new LineException(Line, "has a quoted cell that does not end");
            if (character == '"' && !Skip('"'))
                return text.ToString();
            if (character == '\n')
                _line++;
            text.Append((char)character);
        }
    }

    private void EndLine()
    {
        if (file.Peek() is >= 0 and not ('\r' or '\n'))
            throw new LineException(Line, "has text after a quoted cell");
        Skip('\r');
        Skip('\n');
        _line++;
    }

    private bool Skip(char expected)
    {
        if (file.Peek() != expected)
            return false;
        file.Read();
        return true;
    }
}
