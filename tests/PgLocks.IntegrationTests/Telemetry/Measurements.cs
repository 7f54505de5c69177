using System.Diagnostics.Metrics;

namespace PgLocks.IntegrationTests.Telemetry;

/// <summary>What the meters of PgLocks show of one space, as a collector sees it.</summary>
internal sealed class Measurements : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, double> _values = [];
    private readonly Dictionary<string, Instrument> _instruments = [];
    private readonly string _space;

    public Measurements(string space)
    {
        _space = space;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "PgLocks")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public IReadOnlyDictionary<string, Instrument> Instruments => _instruments;

    /// <summary>Every tag that was seen, with its values.</summary>
    public HashSet<(string Tag, string Value)> Tags { get; } = [];

    /// <summary>By name, and by the value of its second tag if it has one.</summary>
    public double this[string name, string? tag = null] => _values.GetValueOrDefault(Id(name, tag), double.NaN);

    public Measurements Observe()
    {
        _values.Clear();
        _listener.RecordObservableInstruments();
        return this;
    }

    public void Dispose() => _listener.Dispose();

    private static string Id(string name, string? tag) => tag is null ? name : $"{name} {tag}";

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags[0] is not { Key: "pglocks.space", Value: string space } || space != _space)
            return;
        foreach (var tag in tags)
            Tags.Add((tag.Key, $"{tag.Value}"));
        _instruments[instrument.Name] = instrument;
        _values.Add(Id(instrument.Name, tags.Length > 1 ? $"{tags[1].Value}" : null), value);
    }
}
