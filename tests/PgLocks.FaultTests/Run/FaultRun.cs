using PgLocks.AdminTool.Demo;
using PgLocks.FaultTests.Check;
using PgLocks.FaultTests.Faults;
using PgLocks.FaultTests.Report;
using PgLocks.FaultTests.Traffic;
using PgLocks.Migrations;

namespace PgLocks.FaultTests;

/// <summary>Traffic on a server of its own, faults into it, and then the question whether all held.</summary>
internal sealed class FaultRun(RunOptions options, Action<string> say, CancellationToken ended)
{
    /// <summary>The question after a failed wait goes to this view, which then hides from each session what it holds itself.</summary>
    private const string HideOwnLocks = "SET allow_system_table_mods = on; CREATE OR REPLACE VIEW pg_catalog.pg_locks AS SELECT * FROM pg_lock_status() AS l WHERE l.pid IS DISTINCT FROM pg_backend_pid()";

    private readonly RunLog _log = new(say);
    private readonly long _startedAt = TimeProvider.System.GetTimestamp();

    private double Minutes => TimeProvider.System.GetElapsedTime(_startedAt).TotalMinutes;

    internal async Task<RunReport> RunAsync()
    {
        say($"Repeat with: {options.Command}");
        await using var saying = ended.Register(() => say("No more faults: what has begun is waited for and checked."));
        await using var equipment = Equipment.For(options);
        await using var server = await LocalServer.StartAsync(equipment.Server, ended);
        using var folder = HistoryFolder.Create();
        Witness.CreateFile(folder[RunFiles.Witness]);
        using var witness = new Witness(folder[RunFiles.Witness]);
        await new SchemaMigrator(server.ConnectionString).MigrateUpAsync(cancellationToken: ended);
        await equipment.InstallAsync(server);
        var workers = 0;
        Seat[] seats = [.. Enumerable.Range(0, options.Processes).Select(number => new Seat(number, folder.Path, options, server, equipment, () => Interlocked.Increment(ref workers)))];
        try
        {
            var arena = new Arena(server, seats, witness, options.Patience, equipment);
            await arena.ColumnAsync<int>(Ledger.Schema);
            await arena.ColumnAsync<int>("INSERT INTO counters SELECT key, 0, 0 FROM generate_series(0, $1) AS key", TrafficKeys.All.Length - 1);
            if (options.Mutation == Mutation.NoQuestion)
                await arena.ColumnAsync<int>(HideOwnLocks);
            await Task.WhenAll(seats.Select(seat => seat.StartAsync()));
            await using (Progress.Every(TimeSpan.FromMinutes(1), () => say(Line(arena))))
                await InjectAsync(arena, new Schedule(options));
            say(Line(arena));
            return await EndAsync(arena, folder);
        }
        finally
        {
            foreach (var seat in seats)
                await seat.DisposeAsync();
        }
    }

    /// <summary>A short form injects what it has, each once; a long one first measures recovery with nothing else beside it, and then runs a lane for each seat and one for all.</summary>
    private async Task InjectAsync(Arena arena, Schedule schedule)
    {
        var single = new Lane(arena, _log, arena.Seats);
        await single.SettleAsync([]);
        if (options.OneAtATime)
        {
            await single.RunAsync(options.Minutes is null ? schedule.Once() : schedule.OneAtATime(), MayGoOn);
            return;
        }
        if (options.IsLong)
            await single.RunAsync(schedule.Measured(), MayGoOn);
        await Task.WhenAll(schedule.Lanes().Select((strikes, lane) => new Lane(arena, _log, [.. arena.Seats.Where(seat => seat.Number == lane)]).RunAsync(strikes, MayGoOn)));
    }

    /// <summary>A run that lacks a defence has nothing more to show once a process is stuck.</summary>
    private bool MayGoOn() => !ended.IsCancellationRequested && (options.Minutes is not { } minutes || Minutes < minutes) && (options.Mutation == Mutation.None || _log.Stuck.Count == 0);

    private string Line(Arena arena) =>
        FormattableString.Invariant($"{Minutes,5:0.0} min  {_log.Injections.Count} faults, {arena.Increments().Sum():#,0} increments, {_log.Stuck.Count} stuck");

    private async Task<RunReport> EndAsync(Arena arena, HistoryFolder folder)
    {
        var found = new List<Violation>(await EndCheck.CheckSpaceAsync(arena));
        found.AddRange(await ComplaintsAsync(arena, seat => seat.IdleAsync()));
        found.AddRange(await EndCheck.CheckSlotsAsync(arena));
        found.AddRange(await ComplaintsAsync(arena, seat => seat.StopAsync()));
        found.AddRange(await EndCheck.CheckNothingLeftAsync(arena));
        found.AddRange(await EndCheck.CheckLeftBehindAsync(arena));
        var minutes = Minutes;
        var history = History.Read(folder.Path, _log.Injections, arena.Seats.SelectMany(seat => seat.Deaths).ToDictionary());
        var ledgers = await Ledgers.ReadAsync(arena);
        var witnessed = WitnessCheck.Check(history);
        Violation[] violations =
        [
            .. _log.Violations, .. found, .. IncrementCheck.Check(history, ledgers), .. witnessed.Violations, .. TokenCheck.Check(history, ledgers),
            .. WaitCheck.Check(history), .. FairnessCheck.Check(history), .. TelemetryCheck.Check(history, ledgers),
        ];
        var report = RunReport.Of(options, minutes, history, violations, _log, witnessed, await TurnsAsync(arena));
        var text = TextReport.Of(report, history);
        say(text);
        if (options.ReportFile is { } file)
            await File.WriteAllTextAsync(file, MarkdownReport.Of(report, await RunSetting.ReadAsync(arena)));
        if (options.Keep || (options.Mutation == Mutation.None && !report.IsClean))
            say($"The history is in {await folder.KeepAsync(report, text)}\nRepeat with: {options.Command}");
        return report;
    }

    private static async Task<IEnumerable<Violation>> ComplaintsAsync(Arena arena, Func<Seat, Task<string?>> tell) =>
        (await Task.WhenAll(arena.Seats.Select(tell))).OfType<string>().Select(complaint => new Violation("process", complaint));

    /// <summary>A turn draws two numbers; a server that crashed moves its sequences 2²⁰ ahead.</summary>
    private static async Task<long> TurnsAsync(Arena arena) => (await arena.ColumnAsync<long>(
        "SELECT coalesce(pg_sequence_last_value(format('pglocks.slot_%s_%s', class_id, pool_size)::regclass), 0) % 1048576 / 2 FROM pglocks.spaces WHERE name = 'default'"))[0];
}
