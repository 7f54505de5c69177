namespace PgLocks.AdminTool.Demo;

/// <summary>What is told in sentences between the tables and the proof.</summary>
internal static class DemoFacts
{
    public static IEnumerable<(string Title, string Text)> Of(DemoResult result)
    {
        if (result.MalformedLines > 0)
            yield return ("input", $"{result.MalformedLines:#,0} lines are no orders and were left out; standard error says which");
        if (result.Failed > 0)
            yield return ("failed", $"{result.Failed:#,0} orders could not be applied");
        yield return ("speed", Speed(result));
        if (result.Killed is { } killed)
            yield return ("kill", Kill(killed, result.Repeated));
        if (result.Locks is { } locks)
        {
            yield return ("locks", Recorded(locks.Totals, result));
            yield return ("collisions", Collided(locks));
        }
    }

    private static string Speed(DemoResult result) =>
        $"{result.UndisturbedOrdersPerSecond:#,0} orders a second" + (result.Killed is null ? "" : $", {result.OrdersPerSecond:#,0} with the kill and what it held up");

    private static string Kill(KilledProcessor killed, int repeated) =>
        $"processor {killed.Number} left {killed.Unanswered} orders unanswered; {repeated} of them {(repeated == 1 ? "was" : "were")} committed, and not applied again";

    private static string Recorded(LockTotals totals, DemoResult result) =>
        $"{totals.Acquired:#,0} acquisitions; {totals.ContendedKey:#,0} waited behind their own key, {totals.ContendedProcess:#,0} for another process"
        + (result.Killed is null ? "" : "\n(the last second of the killed processor is unknown)");

    private static string Collided(LockFigures locks)
    {
        var collisions = locks.Collisions;
        var share = locks.Totals.Acquired == 0 ? 0 : (double)collisions.Waits / locks.Totals.Acquired;
        return $"{collisions.Keys:#,0} keys on {collisions.Slots} slots; {collisions.Waits:#,0} acquisitions ({share:0.0 %}) waited for another key of theirs"
            + (collisions.Waits == 0 ? "" : $"\n(most in slot {collisions.WorstSlot}: {collisions.WorstSlotKeys} keys, {collisions.WorstSlotWaits:#,0} waits)");
    }
}
