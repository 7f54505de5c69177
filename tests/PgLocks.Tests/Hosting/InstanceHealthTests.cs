using Microsoft.Extensions.Diagnostics.HealthChecks;
using PgLocks.Hosting;

namespace PgLocks.Tests.Hosting;

public sealed class InstanceHealthTests
{
    private static readonly InstanceHealth Well = new()
    {
        Space = "default",
        Instance = Guid.Parse("11111111-2222-3333-4444-555555555555"),
        HeartbeatAge = TimeSpan.FromSeconds(0.4),
        LeaseDuration = TimeSpan.FromSeconds(3),
        IsListening = true,
        IsTelemetryWritten = true,
        IsRegistryRead = true,
        SlotsOwned = 7,
        Keys = 40,
    };

    [Fact]
    public void ToResult_AllWell_IsHealthyWithItsData()
    {
        var result = (Well with { DroppedAcquisitions = 3, DroppedEvents = 2 }).ToResult();

        Assert.Equal((HealthStatus.Healthy, "Space 'default': 7 slots owned, 40 keys known."), (result.Status, result.Description));
        Assert.Equal(
            new Dictionary<string, object>
            {
                ["space"] = "default", ["instance"] = Well.Instance, ["slots_owned"] = 7, ["keys"] = 40, ["heartbeat_age_s"] = 0.4,
                ["dropped_acquisitions"] = 3L, ["dropped_events"] = 2L,
            },
            result.Data);
    }

    [Fact]
    public void ToResult_Impaired_IsDegradedWithEachReason()
    {
        var result = (Well with { LockDelay = TimeSpan.FromSeconds(3.5), IsListening = false, IsTelemetryWritten = false, IsRegistryRead = false }).ToResult();

        Assert.Equal(HealthStatus.Degraded, result.Status);
        foreach (var reason in (string[])["the lock delay of 3.5 s", "The listener is not connected", "Telemetry could not be written", "The registry could not be read"])
            Assert.Contains(reason, result.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void ToResult_EachReasonAlone_IsDegraded() => Assert.All(
        [Well with { LockDelay = TimeSpan.FromSeconds(1) }, Well with { IsListening = false }, Well with { IsTelemetryWritten = false }, Well with { IsRegistryRead = false }],
        health => Assert.Equal(HealthStatus.Degraded, health.ToResult().Status));

    [Fact]
    public void ToResult_HomeAway_IsUnhealthyWhateverElseAndHasNoHeartbeat()
    {
        var result = (Well with { Problem = "connection refused.", HeartbeatAge = null, IsListening = false }).ToResult();

        Assert.Equal((HealthStatus.Unhealthy, "Slots cannot be gained: connection refused. Run 'pglocks doctor' if it stays."), (result.Status, result.Description));
        Assert.False(result.Data.ContainsKey("heartbeat_age_s"));
    }

    [Fact]
    public void ToResult_DeadlinePassed_IsUnhealthy()
    {
        var result = (Well with { HeartbeatAge = TimeSpan.FromSeconds(3) }).ToResult();

        Assert.Equal(HealthStatus.Unhealthy, result.Status);
        Assert.Contains("not heard of for 3 s, and a lease stands for 3 s", result.Description, StringComparison.Ordinal);
    }
}
