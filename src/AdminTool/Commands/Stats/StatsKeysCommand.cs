using Npgsql;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Stats;

/// <summary>pglocks stats keys</summary>
internal sealed class StatsKeysCommand(CommonOptions common) : StatsListCommand(
    common,
    "keys",
    "Lists keys by a figure: who waits, who is held long, and why. 'own key' counts waits for a holder of the same key in the same process, 'other key' for another key of the slot, 'other process' for another process.",
    "pglocks stats keys --since 1h --top 20 --sort wait-p99")
{
    protected override IReadOnlyList<Column<Figures>> Columns => FigureColumns.Keys;

    protected override Task<IReadOnlyList<Figures>> QueryAsync(NpgsqlConnection connection, StatsRequest request, CancellationToken cancellationToken) =>
        StatsQueries.KeysAsync(connection, request, cancellationToken);
}
