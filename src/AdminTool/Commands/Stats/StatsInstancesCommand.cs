using Npgsql;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Stats;

/// <summary>pglocks stats instances</summary>
internal sealed class StatsInstancesCommand(CommonOptions common) : StatsListCommand(
    common,
    "instances",
    "Lists processes by a figure.",
    "pglocks stats instances --since 1d --sort acquired")
{
    protected override IReadOnlyList<Column<Figures>> Columns => FigureColumns.Instances;

    protected override Task<IReadOnlyList<Figures>> QueryAsync(NpgsqlConnection connection, StatsRequest request, CancellationToken cancellationToken) =>
        StatsQueries.InstancesAsync(connection, request, cancellationToken);
}
