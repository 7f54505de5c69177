using System.Collections.Concurrent;

namespace PgLocks.FaultTests.Traffic;

/// <summary>A thread that ends sections when their lease is lost, whatever the thread pool does, and notices when the whole process stood still.</summary>
internal sealed class Guard : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);

    private readonly ConcurrentDictionary<long, Section> _sections = new();
    private readonly ManualResetEventSlim _stop = new(initialState: false, spinCount: 0);
    private readonly Journal _journal;
    private readonly Thread _thread;

    internal Guard(Journal journal)
    {
        _journal = journal;
        _thread = new Thread(Run) { IsBackground = true, Name = "guard", Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    internal void Watch(Section section) => _sections[section.Id] = section;

    internal void Forget(Section section) => _sections.TryRemove(section.Id, out _);

    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _stop.Dispose();
    }

    private void Run()
    {
        var last = TimeProvider.System.GetTimestamp();
        while (!_stop.Wait(Interval))
        {
            var now = TimeProvider.System.GetTimestamp();
            if (TimeProvider.System.GetElapsedTime(last, now) > Pause)
                _journal.Write(Happening.Paused, number: last);
            foreach (var section in _sections.Values)
            {
                section.NoteDeadline();
                if (section.IsLost)
                    section.Leave(Happening.Lost);
            }
            last = now;
        }
    }
}
