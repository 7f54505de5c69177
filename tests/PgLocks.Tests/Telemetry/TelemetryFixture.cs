using Microsoft.Extensions.Time.Testing;
using PgLocks.Local;
using PgLocks.Telemetry;
using PgLocks.Tests.Local;

namespace PgLocks.Tests.Telemetry;

/// <summary>Real recorders behind real gates, over a slot that always admits.</summary>
internal sealed class TelemetryFixture
{
    internal TelemetryFixture(TimeProvider? time = null)
    {
        Telemetry = new LockTelemetry(time ?? Time, TimeSpan.FromSeconds(1));
        Tier = new KeyTier(time ?? Time, TimeSpan.FromSeconds(5), Telemetry, "orders@host (pid 1)", _ => new FakeSlot(), (_, _, _, _) => ValueTask.CompletedTask);
        Sweep = new KeySweep(Tier, Telemetry);
    }

    internal FakeTimeProvider Time { get; } = new();

    internal LockTelemetry Telemetry { get; }

    internal KeyTier Tier { get; }

    internal KeySweep Sweep { get; }

    internal KeyGate Gate(string hotkey = "5GhC", string pair = "EURUSD") => Tier.Find(new PositionKey(hotkey, pair));

    /// <summary>One interval, as the writer collects it.</summary>
    internal TelemetryBatch Collect(bool accept = true)
    {
        var batch = new TelemetryBatch { To = Time.GetUtcNow() };
        Sweep.Into(batch);
        if (accept)
            batch.Accept();
        return batch;
    }

    internal async Task HoldAsync(KeyGate gate, TimeSpan time)
    {
        await using LockLease lease = await gate.AcquireAsync(null, TestContext.Current.CancellationToken);
        Time.Advance(time);
    }
}
