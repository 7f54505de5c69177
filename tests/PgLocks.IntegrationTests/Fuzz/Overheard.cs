using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace PgLocks.IntegrationTests.Fuzz;

/// <summary>All that leaves the process for somebody to read: log lines with their values and scopes, activities, tags of metrics, messages.</summary>
internal sealed class Overheard : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _texts = new();
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentQueue<int> _events = new();
    private readonly ActivityListener _activities;
    private readonly MeterListener _meters = new();

    public Overheard()
    {
        _activities = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Hear,
        };
        ActivitySource.AddActivityListener(_activities);
        _meters.InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument);
        _meters.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Hear(instrument, tags));
        _meters.SetMeasurementEventCallback<int>((instrument, _, tags, _) => Hear(instrument, tags));
        _meters.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Hear(instrument, tags));
        _meters.Start();
    }

    /// <summary>Each of them is to be a single line.</summary>
    public IEnumerable<string> Lines => _lines;

    public IEnumerable<string> Everything => _lines.Concat(_texts);

    /// <summary>Whether a log message with this id was heard.</summary>
    public bool HasLogged(int message) => _events.Contains(message);

    /// <summary>Heard from others than PgLocks: the host logs health reports of many lines.</summary>
    public void Text(string text) => _texts.Enqueue(text);

    public void Line(string line) => _lines.Enqueue(line);

    /// <summary>An exception of PgLocks' own.</summary>
    public void Refusal(Exception refused)
    {
        Line(refused.Message);
        Text(refused.ToString());
    }

    public void Observe() => _meters.RecordObservableInstruments();

    public ILogger CreateLogger(string categoryName) => new Ear(this, isOurs: categoryName == "PgLocks");

    public void Dispose()
    {
        _activities.Dispose();
        _meters.Dispose();
    }

    private void Hear(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (name, value) in tags)
            Text($"{instrument.Name} {name}={value}");
    }

    private void Hear(Activity activity)
    {
        Text($"{activity.DisplayName} {activity.StatusDescription}");
        foreach (var (name, value) in activity.TagObjects.Concat(activity.Events.SelectMany(happened => happened.Tags.Prepend(new("event", happened.Name)))))
            Text($"{name}={value}");
    }

    private sealed class Ear(Overheard overheard, bool isOurs) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            Hear($"{state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Hear(formatter(state, exception));
            if (state is IEnumerable<KeyValuePair<string, object?>> values)
            {
                foreach (var (name, value) in values)
                    Hear($"{name}={value}");
            }
            if (exception is not null)
                overheard.Text(exception.ToString());
            if (isOurs)
                overheard._events.Enqueue(eventId.Id);
        }

        private void Hear(string said)
        {
            if (isOurs)
                overheard.Line(said);
            else
                overheard.Text(said);
        }
    }
}
