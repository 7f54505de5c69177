using PgLocks.FaultTests.Check;

namespace PgLocks.FaultTests;

/// <summary>Faults one after the other, while other lanes do the same elsewhere. Before and after each one it waits until what it hits works.</summary>
/// <param name="arena">Whom they are injected into.</param>
/// <param name="log">Where it is written down.</param>
/// <param name="judged">The seats that this lane has to see working, and replaces if they never do.</param>
internal sealed class Lane(Arena arena, RunLog log, IReadOnlyList<Seat> judged)
{
    /// <summary>Until the strikes are over, or <paramref name="mayGoOn"/> says no.</summary>
    internal async Task RunAsync(IEnumerable<Strike> strikes, Func<bool> mayGoOn)
    {
        foreach (var strike in strikes)
        {
            if (!mayGoOn())
                return;
            await Faults.Fault.WaitAsync(strike.QuietSeconds);
            await SettleAsync([]);
            await StrikeAsync(strike);
        }
    }

    /// <summary>Waits until every judged process works again: the next fault meets one that is whole. One that never does is replaced.</summary>
    internal async Task SettleAsync(IReadOnlyList<Injection> after)
    {
        var before = arena.Increments();
        var hasRecovered = await arena.HasGoneOnAsync(before, judged);
        foreach (var injection in hasRecovered ? after : [])
            injection.RecoveredAt = TimeProvider.System.GetTimestamp();
        Seat[] stuck = hasRecovered ? [] : [.. judged.Where(seat => !arena.HasGoneOn(seat, before))];
        if (stuck.Length > 0)
            log.Say(string.Join('\n', await arena.LocksAsync()));
        foreach (var seat in stuck)
        {
            if (seat.Process.HasExited)
                log.Add(new Violation("process", seat.Complaint("had ended by itself")));
            else
                log.AddStuck($"After {(after.Count > 0 ? after[^1].Fault : "a quiet time")}, worker {seat.Worker} of seat {seat.Number} did no more increments, and was replaced.");
            try
            {
                await seat.ReplaceAsync();
            }
            catch (Exception failure) when (IsFailure(failure))
            {
                log.Add(new Violation("process", $"A new worker of seat {seat.Number} could not be started: {failure.Message}"));
            }
        }
    }

    private async Task StrikeAsync(Strike strike)
    {
        var seat = strike.Seat is { } number ? arena.Seats[number] : null;
        Injection?[] injected;
        using (seat?.BeginFault())
            injected = await Task.WhenAll(InjectAsync(strike.Fault, seat, 0), strike.Second is { } second ? InjectAsync(second, seat, strike.SecondAfterSeconds) : Task.FromResult<Injection?>(null));
        Injection[] done = [.. injected.OfType<Injection>()];
        await SettleAsync(done);
        foreach (var injection in done)
            log.Add(injection);
    }

    /// <summary>Null if it could not be done, which the report tells.</summary>
    private async Task<Injection?> InjectAsync(Faults.Fault fault, Seat? seat, double afterSeconds)
    {
        await Faults.Fault.WaitAsync(afterSeconds);
        var injection = new Injection(fault, seat?.Number, seat?.Worker);
        try
        {
            await fault.InjectAsync(arena, injection);
            return injection;
        }
        catch (Exception failure) when (IsFailure(failure))
        {
            log.AddMissed($"{fault.Name}{(seat is null ? "" : $" of seat {seat.Number}")}: {failure.Message}");
            return null;
        }
    }

    private static bool IsFailure(Exception failure) => failure is TimeoutException or IOException or InvalidOperationException or Npgsql.NpgsqlException;
}
