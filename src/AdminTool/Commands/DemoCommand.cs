using System.CommandLine;
using Npgsql;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Demo;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands;

/// <summary>pglocks demo</summary>
internal sealed class DemoCommand : Verb
{
    private static readonly DemoOptions Defaults = new();

    private readonly Option<FileInfo> _orders = new Option<FileInfo>("--orders")
    {
        Description = "Replay these orders, one JSON object a line. Default: generated ones.", HelpName = "FILE",
    }.AcceptExistingOnly();

    private readonly Option<int> _count = Number("--count", "How many orders are generated.", Defaults.Count, 1, 10_000_000);
    private readonly Option<int> _seed = Number("--seed", "The same seed generates the same orders.", Defaults.Seed, int.MinValue, int.MaxValue);
    private readonly Option<int> _processes = Number("--processes", "How many order processors share the stream.", Defaults.Processes, 1, 64);
    private readonly Option<int> _tasks = Number("--tasks", "Orders in work at once in each of them.", Defaults.Tasks, 1, 256);
    private readonly Option<int> _workMs = Number("--work-ms", "Milliseconds that an order takes besides the database.", Defaults.WorkMs, 0, 60_000);
    private readonly Option<bool> _noLock = new("--no-lock") { Description = "Without locks: shows the updates that are lost." };
    private readonly Option<bool> _keep = new("--keep") { Description = "Leaves the database there, and prints how to look around in it." };

    public DemoCommand(CommonOptions common)
        : base(common, "demo",
            "The main job: order processors share positions, one of them is killed, and every position ends as a single-threaded replay does. "
            + "Works in a database of its own, on the server that is named or else on one that it starts.",
            "pglocks demo", "pglocks demo --orders orders.jsonl --processes 4", "pglocks demo --no-lock")
    {
        foreach (var option in new Option[] { _orders, _count, _seed, _processes, _tasks, _workMs, _noLock, _keep })
            Add(option);
    }

    protected override async Task<int> RunAsync(Invocation call, CancellationToken cancellationToken)
    {
        var options = OptionsOf(call);
        try
        {
            return await RunAsync(call, options, cancellationToken);
        }
        catch (LocalServerException failure)
        {
            throw new ToolException(ExitCode.CannotConnect, "no_server", failure.Message, $"Or name a server: {CommonOptions.ConnectionVariable}.", failure);
        }
        catch (NpgsqlException failure) when (options.ConnectionString is null)
        {
            throw new ToolException(ExitCode.CannotConnect, "server_failed", failure.Message, "Run the demo again; its server was a new one.", failure);
        }
    }

    private static async Task<int> RunAsync(Invocation call, DemoOptions options, CancellationToken cancellationToken)
    {
        var isForPeople = call.Format == OutputFormat.Table;
        var screen = new DemoScreen(isForPeople ? call.Streams.Out : call.Streams.Error, call.Time);
        var input = await DemoOrders.LoadAsync(options, cancellationToken);
        foreach (var line in input.Malformed)
            call.Progress($"Line {line.Number} is not an order: {line.Error}");

        await using var database = await DemoDatabase.CreateAsync(options.ConnectionString, cancellationToken);
        screen.Done($"PostgreSQL {database.ServerVersion} is ready and migrated");
        screen.Done($"{options.Processes} processes with {options.Tasks} tasks each share {input.Orders.Count:#,0} orders{(options.UseLocks ? "" : ", without locks")}");
        var result = await new DemoRun(options, screen, call.Time).RunAsync(input, database, cancellationToken);

        if (isForPeople)
            new DemoSummary(call.Streams.Out).Write(result);
        else
            call.Answer(DemoReport.Of(result, database));
        if (options.Keep)
        {
            database.Keep();
            foreach (var line in isForPeople ? KeptDatabase.Instructions(database) : [])
                await call.Streams.Out.WriteLineAsync(line);
        }
        return result.IsAsExpected ? ExitCode.Done : ExitCode.Found;
    }

    private DemoOptions OptionsOf(Invocation call) => new()
    {
        ConnectionString = call.ConnectionString is null ? null : call.Target.ConnectionString,
        Orders = call.Get(_orders),
        Count = call.Get(_count),
        Seed = call.Get(_seed),
        Processes = call.Get(_processes),
        Tasks = call.Get(_tasks),
        WorkMs = call.Get(_workMs),
        UseLocks = !call.Get(_noLock),
        Keep = call.Get(_keep),
    };

    private static Option<int> Number(string name, string description, int usual, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            if (result.Given() is { } given && (given < least || given > most))
                result.AddError($"{name} is {least} to {most}.");
        });
        return option;
    }
}
