using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using PgLocks.AdminTool.Demo;
using PgLocks.Backends;

namespace PgLocks.IntegrationTests.Backends;

/// <summary>What .NET's meters tell of a provider that is none of PgLocks' own.</summary>
public sealed class BackendMeterTests
{
    [Fact]
    public async Task Meter_LeasesTimeoutsAndLosses_AreCountedByBackend()
    {
        var seen = new ConcurrentBag<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "PgLocks.Backends")
                self.EnableMeasurementEvents(instrument);
        };
        // Other tests of the assembly run beside this one: only what this flow causes counts.
        var own = new AsyncLocal<bool> { Value = true };
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Note(instrument, tags));
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Note(instrument, tags));
        listener.Start();
        await using var folder = await TemporaryFolder.CreateAsync("pglocks");
        var provider = await FileLockProvider.StartAsync(new FileLockOptions { Folder = folder.Path });
        var key = new PositionKey("miner", "EURUSD");

        (await provider.AcquireAsync(key)).Dispose();
        using var lease = await provider.AcquireAsync(key);
        Assert.Null(await provider.TryAcquireAsync(key));
        var lost = lease.LostToken;
        await provider.DisposeAsync();
        lease.Dispose();

        Assert.True(lost.IsCancellationRequested);
        Assert.Equal(2, seen.Count(name => name == "pglocks.backend.hold files"));
        Assert.Equal(2, seen.Count(name => name == "pglocks.backend.wait files"));
        Assert.Equal(1, seen.Count(name => name == "pglocks.backend.losses files"));
        Assert.Equal(1, seen.Count(name => name == "pglocks.backend.timeouts files"));

        void Note(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (own.Value)
                seen.Add($"{instrument.Name} {tags[0].Value}");
        }
    }
}
