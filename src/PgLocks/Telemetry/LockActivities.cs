using System.Diagnostics;

namespace PgLocks.Telemetry;

/// <summary>An activity for each acquisition that really waits; made only when somebody listens to the source <c>PgLocks</c>.</summary>
internal sealed class LockActivities(string space, bool tracesHotkeys)
{
    internal const string ActivityName = "pglocks.acquire";

    internal const string SpaceTag = "pglocks.space";
    internal const string SlotTag = "pglocks.slot";
    internal const string OutcomeTag = "pglocks.outcome";
    internal const string CausesTag = "pglocks.causes";
    internal const string HotkeyTag = "pglocks.hotkey";
    internal const string PairTag = "pglocks.pair";

    private static readonly ActivitySource Source = new(Product.Name, Product.Version);

    internal static bool HasListeners => Source.HasListeners();

    /// <summary>Its own asynchronous flow, so that the caller's current activity stays what it was, on whichever thread the grant comes.</summary>
    internal async ValueTask<T> WatchAsync<T>(IWait wait, ValueTask<T> lease)
    {
        using Activity? activity = Source.StartActivity(ActivityName, ActivityKind.Client);
        if (activity is null)
            return await lease.ConfigureAwait(false);
        activity.SetTag(SpaceTag, space);
        activity.SetTag(SlotTag, wait.Lock.Slot);
        if (tracesHotkeys)
        {
            activity.SetTag(HotkeyTag, wait.Lock.Key.MinerHotkey);
            activity.SetTag(PairTag, wait.Lock.Key.TradePairId);
        }
        try
        {
            T result = await lease.ConfigureAwait(false);
            End(activity, wait, result is null ? "timed_out" : "granted");
            return result;
        }
        catch (Exception failure)
        {
            string outcome = failure switch
            {
                LockTimeoutException => "timed_out",
                OperationCanceledException => "cancelled",
                _ => "failed",
            };
            End(activity, wait, outcome);
            activity.SetStatus(ActivityStatusCode.Error, failure.GetType().Name);
            throw;
        }
    }

    private static void End(Activity activity, IWait wait, string outcome)
    {
        activity.SetTag(OutcomeTag, outcome);
        activity.SetTag(CausesTag, Causes(wait.Causes));
    }

    private static string[] Causes(WaitCauses causes) =>
        [.. Enum.GetValues<WaitCauses>().Where(cause => cause != WaitCauses.None && causes.HasFlag(cause)).Select(cause => cause.ToString().ToLowerInvariant())];
}
