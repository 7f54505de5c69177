namespace PgLocks.TestKit;

/// <summary>The lines that a process has written so far, and a reading position that moves past each line waited for.</summary>
internal sealed class OutputLines
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _changed = NewSignal();
    private int _position;
    private bool _ended;

    public IReadOnlyList<string> All
    {
        get
        {
            lock (_lock)
                return [.. _lines];
        }
    }

    public void Add(string? line)
    {
        lock (_lock)
        {
            if (line is null)
                _ended = true;
            else
                _lines.Add(line);
            _changed.SetResult();
            _changed = NewSignal();
        }
    }

    /// <summary>The next line that fits; null when the output ended without one.</summary>
    public async Task<string?> NextAsync(Func<string, bool> fits, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                var found = _lines.FindIndex(_position, line => fits(line));
                if (found >= 0)
                {
                    _position = found + 1;
                    return _lines[found];
                }
                if (_ended)
                    return null;
                changed = _changed.Task;
            }
            await changed.WaitAsync(cancellationToken);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
