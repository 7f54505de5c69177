using System.Diagnostics.Metrics;

namespace PgLocks.Backends.Holds;

/// <summary>Counts and times leases by backend with .NET's own meters; a key would be too much of a tag.</summary>
internal sealed class MeterSink : LockSink
{
    internal const string MeterName = "PgLocks.Backends";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Histogram<double> Wait = Meter.CreateHistogram<double>("pglocks.backend.wait", "s", "From the call to the lease.");
    private static readonly Histogram<double> Held = Meter.CreateHistogram<double>("pglocks.backend.hold", "s", "From the lease to its release; its count is that of the leases.");
    private static readonly Counter<long> Timeouts = Meter.CreateCounter<long>("pglocks.backend.timeouts", description: "Waits that ended without a lease.");
    private static readonly Counter<long> Losses = Meter.CreateCounter<long>("pglocks.backend.losses", description: "Leases that were lost before they were released.");
    private static readonly Counter<long> ReleaseFailures = Meter.CreateCounter<long>("pglocks.backend.release_failures", description: "Releases that the backend could not be told.");

    private readonly Key _key;

    internal MeterSink(string backend) => _key = new Key(KeyValuePair.Create("pglocks.backend", (object?)backend));

    internal override KeySink ForKey(KeyLock keyLock) => _key;

    internal static void ReleaseFailed(Exception failure) => ReleaseFailures.Add(1, KeyValuePair.Create("error.type", (object?)failure.GetType().Name));

    private static double Seconds(long ticks) => (double)ticks / TimeProvider.System.TimestampFrequency;

    private sealed class Key(KeyValuePair<string, object?> tag) : KeySink
    {
        internal override void Released(long held, EndedWait? wait, bool lost)
        {
            Wait.Record(Seconds(wait?.Waited ?? 0), tag);
            Held.Record(Seconds(held), tag);
            if (lost)
                Losses.Add(1, tag);
        }

        internal override void TimedOut(long waited) => Timeouts.Add(1, tag);
    }
}
