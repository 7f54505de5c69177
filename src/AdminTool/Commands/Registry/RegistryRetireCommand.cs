using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Registry;

/// <summary>pglocks registry miners|pairs|keys retire</summary>
internal sealed class RegistryRetireCommand : DatabaseVerb
{
    private readonly RegistrySubject _subject;
    private readonly EntryArguments _arguments;

    public RegistryRetireCommand(CommonOptions common, RegistrySubject subject, string example)
        : base(common, "retire",
            subject == RegistrySubject.Keys
                ? "Removes a key of which nothing was ever recorded; any other one goes with its miner or its pair."
                : $"Marks one of the {subject.Name} as retired. Its figures stay.",
            $"pglocks registry {subject.Name} retire {example}")
    {
        _subject = subject;
        _arguments = new EntryArguments(this, subject.Parts);
    }

    protected override async Task<int> RunAsync(Invocation call, Database database, Space space, CancellationToken cancellationToken)
    {
        var entry = _arguments.Read(call);
        var name = EntryArguments.Describe(entry);
        if (entry is { Hotkey: { } hotkey, Pair: { } pair })
        {
            var removed = await database.WriteAsync(
                connection => KeyQueries.RemoveAsync(connection, space, new PositionKey(hotkey, pair), cancellationToken), cancellationToken);
            return removed switch
            {
                null => throw NotFound(name),
                false => throw new ToolException(
                    ExitCode.Refused, "key_in_use", $"'{name}' has figures, events or a holder, so it was not removed.",
                    $"Retire its miner: 'pglocks registry miners retire {hotkey}'."),
                true => call.Answer(new Report { Facts = [new("removed", "removed", CellKind.Flag, true, Audience.Programs)], Message = $"'{name}' was removed." }),
            };
        }
        var retiredAt = await database.WriteAsync(
            connection => entry.Hotkey is not null
                ? RegistryQueries.RetireMinerAsync(connection, entry.Hotkey, cancellationToken)
                : RegistryQueries.RetirePairAsync(connection, entry.Pair!, cancellationToken),
            cancellationToken) ?? throw NotFound(name);
        return call.Answer(new Report
        {
            Facts = [new("retired_at", "retired at", CellKind.Time, retiredAt, Audience.Programs)],
            Message = $"'{name}' is retired since {Cells.Show(retiredAt, CellKind.Time)}. Processes that require registered keys refuse it within a heartbeat; leases that are held end as always.",
        });
    }

    private ToolException NotFound(string name) => new(
        ExitCode.NotFound, "not_registered", $"'{name}' is not registered.", $"'pglocks registry {_subject.Name} list' shows what is.");
}
