using PgLocks.Slots;

namespace PgLocks.Postgres;

/// <summary>Runs an agenda on a thread of its own, because deadlines must pass also while the thread pool is starved.</summary>
internal sealed class AgendaThread
{
    private readonly Agenda _agenda;
    private readonly TimeProvider _time;
    private readonly object _sync = new();
    private readonly Thread _thread;
    private bool _woken;
    private bool _closed;

    internal AgendaThread(Agenda agenda, TimeProvider time)
    {
        _agenda = agenda;
        _time = time;
        _agenda.EarlierDue = () => Wake(close: false);
        _thread = new Thread(Run, 256 * 1024) { IsBackground = true, Name = "pglocks agenda" };
    }

    internal void Start() => _thread.Start();

    internal void Close() => Wake(close: true);

    private void Run()
    {
        while (true)
        {
            long? due = _agenda.RunDue();
            lock (_sync)
            {
                if (_closed)
                    return;
                if (!_woken && due is null)
                    Monitor.Wait(_sync);
                else if (!_woken && _time.GetElapsedTime(_time.GetTimestamp(), due!.Value) is { Ticks: > 0 } left)
                    Monitor.Wait(_sync, (int)Math.Min(left.TotalMilliseconds + 1, int.MaxValue));
                _woken = false;
            }
        }
    }

    private void Wake(bool close)
    {
        lock (_sync)
        {
            _woken = true;
            _closed |= close;
            Monitor.Pulse(_sync);
        }
    }
}
