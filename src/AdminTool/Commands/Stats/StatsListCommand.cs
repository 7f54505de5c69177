using System.CommandLine;
using Npgsql;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Stats;

/// <summary>What <c>stats keys</c>, <c>slots</c> and <c>instances</c> share: options, and a list sorted by a figure.</summary>
internal abstract class StatsListCommand : DatabaseVerb
{
    private readonly Option<Since> _since = Since.CreateOption();

    private readonly Option<int?> _top = new("--top") { Description = "How many at most. Default: 20.", HelpName = "N" };

    private readonly Option<string> _sort = new("--sort")
    {
        Description = $"By which figure, highest first: {string.Join(", ", StatsQueries.Sorts.Keys)}. Default: wait-p99.",
        HelpName = "FIGURE",
    };

    protected StatsListCommand(CommonOptions common, string name, string description, params string[] examples)
        : base(common, name, description, examples)
    {
        _top.Validators.Add(result =>
        {
            if (result.Given() < 1)
                result.AddError("--top is at least 1.");
        });
        _sort.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } sort && !StatsQueries.Sorts.ContainsKey(sort))
                result.AddError($"'{sort}' is no figure. Choose one of: {string.Join(", ", StatsQueries.Sorts.Keys)}.");
        });
        Add(_since);
        Add(_top);
        Add(_sort);
    }

    protected abstract IReadOnlyList<Column<Figures>> Columns { get; }

    protected abstract Task<IReadOnlyList<Figures>> QueryAsync(NpgsqlConnection connection, StatsRequest request, CancellationToken cancellationToken);

    protected sealed override async Task<int> RunAsync(Invocation call, Database database, Space space, CancellationToken cancellationToken)
    {
        var since = Since.Of(call, _since);
        var request = new StatsRequest(space.Name, since.Length, call.Get(_sort) ?? "wait-p99", call.Get(_top) ?? 20);
        var rows = await database.ReadAsync(connection => QueryAsync(connection, request, cancellationToken), cancellationToken);
        return call.Answer(new Report
        {
            Facts =
            [
                new("space", "space", CellKind.Text, space.Name, Audience.Programs),
                new("since_ms", "since", CellKind.Milliseconds, (long?)since.Length?.TotalMilliseconds, Audience.Programs),
                new("sort", "sort", CellKind.Text, request.Sort, Audience.Programs),
            ],
            Listings = [Listing.Of(Name, rows, Columns, $"Nothing was recorded in space '{space.Name}' {since}. A longer window: --since 7d, --since all.")],
        });
    }
}
