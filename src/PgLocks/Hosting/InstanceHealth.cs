using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using PgLocks.Migrations;

namespace PgLocks.Hosting;

/// <summary>How an instance does at one moment, and what follows from it.</summary>
/// <remarks>Unhealthy: slots cannot be gained, or kept ones not granted. Degraded: they can, but slower, or something beside the locks does not work.</remarks>
internal sealed record InstanceHealth
{
    internal required string Space { get; init; }

    internal required Guid Instance { get; init; }

    /// <summary>Why home is not connected; null when it is.</summary>
    internal string? Problem { get; init; }

    /// <summary>Since the last answered heartbeat was sent; null while home is not connected.</summary>
    internal TimeSpan? HeartbeatAge { get; init; }

    internal required TimeSpan LeaseDuration { get; init; }

    /// <summary>How long gains wait because the server was started lately; null when they do not.</summary>
    internal TimeSpan? LockDelay { get; init; }

    internal bool IsListening { get; init; }

    internal bool IsTelemetryWritten { get; init; }

    internal bool IsRegistryRead { get; init; }

    internal int SlotsOwned { get; init; }

    internal int Keys { get; init; }

    internal long DroppedAcquisitions { get; init; }

    internal long DroppedEvents { get; init; }

    internal HealthCheckResult ToResult()
    {
        string[] broken = [.. Broken()];
        if (broken.Length > 0)
            return HealthCheckResult.Unhealthy(string.Join(" ", broken), data: Data());
        string[] impaired = [.. Impaired()];
        return impaired.Length > 0
            ? HealthCheckResult.Degraded(string.Join(" ", impaired), data: Data())
            : HealthCheckResult.Healthy(string.Create(CultureInfo.InvariantCulture, $"Space '{Space}': {SlotsOwned} slots owned, {Keys} keys known."), Data());
    }

    private IEnumerable<string> Broken()
    {
        if (Problem is not null)
            yield return $"Slots cannot be gained: {SingleLine.Of(Problem).TrimEnd('.')}. Run 'pglocks doctor' if it stays.";
        if (HeartbeatAge >= LeaseDuration)
            yield return string.Create(CultureInfo.InvariantCulture,
                $"The server was not heard of for {HeartbeatAge.Value.TotalSeconds:0.###} s, and a lease stands for {LeaseDuration.TotalSeconds:0.###} s: nothing is granted.");
    }

    private IEnumerable<string> Impaired()
    {
        if (LockDelay is { } delay)
            yield return string.Create(CultureInfo.InvariantCulture, $"The server was started lately: slots that are gained now wait the lock delay of {delay.TotalSeconds:0.###} s.");
        if (!IsListening)
            yield return "The listener is not connected: others wait up to a heartbeat for slots that are kept here.";
        if (!IsTelemetryWritten)
            yield return "Telemetry could not be written; it is kept for the next interval.";
        if (!IsRegistryRead)
            yield return "The registry could not be read: what was retired or registered meanwhile does not count yet.";
    }

    private Dictionary<string, object> Data()
    {
        var data = new Dictionary<string, object>
        {
            ["space"] = Space,
            ["instance"] = Instance,
            ["slots_owned"] = SlotsOwned,
            ["keys"] = Keys,
            ["dropped_acquisitions"] = DroppedAcquisitions,
            ["dropped_events"] = DroppedEvents,
        };
        if (HeartbeatAge is { } age)
            data["heartbeat_age_s"] = age.TotalSeconds;
        return data;
    }
}
