using PgLocks.AdminTool.Demo;
using PgLocks.FaultTests.Check;
using PgLocks.FaultTests.Faults;
using PgLocks.FaultTests.Report;
using PgLocks.FaultTests.Traffic;
using PgLocks.Migrations;
using PgLocks.TestKit;

namespace PgLocks.FaultTests;

/// <summary>Traffic on a server of its own, faults into it, and then the question whether all held.</summary>
internal sealed class FaultRun(RunOptions options, Action<string> say)
{
    private readonly List<Injection> _injections = [];
    private readonly List<Violation> _violations = [];
    private readonly List<string> _stuck = [];
    private readonly long _startedAt = TimeProvider.System.GetTimestamp();

    private double Minutes => TimeProvider.System.GetElapsedTime(_startedAt).TotalMinutes;

    internal async Task<RunReport> RunAsync()
    {
        say($"Repeat with: {options.Command}");
        await using var server = await LocalServer.StartAsync(TestServerOptions.ForBinariesFound());
        using var folder = HistoryFolder.Create();
        Witness.CreateFile(folder[RunFiles.Witness]);
        using var witness = new Witness(folder[RunFiles.Witness]);
        await new SchemaMigrator(server.ConnectionString).MigrateUpAsync();
        var workers = 0;
        Seat[] seats = [.. Enumerable.Range(0, options.Processes).Select(number => new Seat(number, folder.Path, options, server, () => ++workers))];
        try
        {
            var random = new Random(options.Seed);
            var arena = new Arena(server, seats, witness, random);
            await arena.ColumnAsync<int>(Ledger.Schema);
            await arena.ColumnAsync<int>("INSERT INTO counters SELECT key, 0, 0 FROM generate_series(0, $1) AS key", TrafficKeys.All.Length - 1);
            await Task.WhenAll(seats.Select(seat => seat.StartAsync()));
            await SettleAsync(arena, null);
            await InjectAsync(arena, new Schedule(options, random));
            return await EndAsync(arena, folder);
        }
        finally
        {
            foreach (var seat in seats)
                await seat.DisposeAsync();
        }
    }

    private async Task InjectAsync(Arena arena, Schedule schedule)
    {
        while (_violations.Count == 0 && (Minutes < options.Minutes || _injections.Count == 0 || (options.Minutes is null && !schedule.IsRoundOver)))
        {
            var (fault, seat, quiet) = schedule.Next();
            await Fault.WaitAsync(quiet);
            var injection = new Injection(fault.Name, seat, seat is { } hit ? arena.Seats[hit].Worker : null);
            await fault.InjectAsync(arena, injection);
            _injections.Add(injection);
            await SettleAsync(arena, injection);
            say(FormattableString.Invariant($"{Minutes,5:0.0} min  {fault.Name}{(seat is null ? "" : $" of seat {seat}")}, {arena.Increments().Sum()} increments"));
        }
    }

    /// <summary>Waits until every process works again: the next fault meets a system that is whole. One that never does is replaced.</summary>
    private async Task SettleAsync(Arena arena, Injection? injection)
    {
        var stuck = await arena.StuckSeatsAsync();
        if (stuck.Count > 0)
            say(string.Join('\n', await arena.LocksAsync()));
        else if (injection is not null)
            injection.RecoveredAt = TimeProvider.System.GetTimestamp();
        foreach (var seat in stuck)
        {
            if (seat.Process.HasExited)
            {
                _violations.Add(new Violation("process", seat.Complaint("had ended by itself")));
                continue;
            }
            _stuck.Add($"After {injection?.Fault ?? "the start"}, worker {seat.Worker} of seat {seat.Number} did no more increments, and was replaced.");
            await seat.KillAsync();
            await seat.StartAsync();
        }
    }

    private async Task<RunReport> EndAsync(Arena arena, HistoryFolder folder)
    {
        _violations.AddRange(await EndCheck.CheckSpaceAsync(arena));
        var complaints = await Task.WhenAll(arena.Seats.Select(seat => seat.StopAsync()));
        _violations.AddRange(complaints.OfType<string>().Select(complaint => new Violation("process", complaint)));
        _violations.AddRange(await EndCheck.CheckNothingLeftAsync(arena));
        var minutes = Minutes;
        var history = History.Read(folder.Path, _injections, arena.Seats.SelectMany(seat => seat.Deaths).ToDictionary());
        var ledgers = await Ledgers.ReadAsync(arena);
        var witnessed = WitnessCheck.Check(history);
        Violation[] violations =
        [
            .. _violations, .. IncrementCheck.Check(history, ledgers), .. witnessed.Violations, .. TokenCheck.Check(history, ledgers),
            .. WaitCheck.Check(history), .. TelemetryCheck.Check(history, ledgers),
        ];
        var report = RunReport.Of(options, minutes, history, violations, _stuck, witnessed.Excused, await TurnsAsync(arena));
        var text = TextReport.Of(report, history);
        say(text);
        if (options.Keep || (options.Mutation == Mutation.None && !report.IsClean))
            say($"The history is in {await folder.KeepAsync(report, text)}\nRepeat with: {options.Command}");
        return report;
    }

    /// <summary>A turn draws two numbers; a server that crashed moves its sequences 2²⁰ ahead.</summary>
    private static async Task<long> TurnsAsync(Arena arena) => (await arena.ColumnAsync<long>(
        "SELECT coalesce(pg_sequence_last_value(format('pglocks.slot_%s_%s', class_id, pool_size)::regclass), 0) % 1048576 / 2 FROM pglocks.spaces WHERE name = 'default'"))[0];
}
