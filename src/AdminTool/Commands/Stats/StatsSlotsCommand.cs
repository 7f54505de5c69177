using Npgsql;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Stats;

/// <summary>pglocks stats slots</summary>
internal sealed class StatsSlotsCommand(CommonOptions common) : StatsListCommand(
    common,
    "slots",
    "Lists slots by a figure.",
    "pglocks stats slots --sort contended-slot")
{
    protected override IReadOnlyList<Column<Figures>> Columns => FigureColumns.Slots;

    protected override Task<IReadOnlyList<Figures>> QueryAsync(NpgsqlConnection connection, StatsRequest request, CancellationToken cancellationToken) =>
        StatsQueries.SlotsAsync(connection, request, cancellationToken);
}
