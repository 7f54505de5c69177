using System.Text.Json;
using System.Text.RegularExpressions;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Telemetry;

/// <summary>docs/grafana/pglocks.json, and what Grafana makes of its queries.</summary>
internal static partial class Dashboard
{
    public static JsonElement Read() =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(SolutionPaths.Root, "docs", "grafana", "pglocks.json"))).RootElement;

    /// <summary>Every value of the property, wherever it stands.</summary>
    public static IEnumerable<string> All(JsonElement element, string property) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(
            field => field.Name == property && field.Value.ValueKind == JsonValueKind.String ? [field.Value.GetString()!] : All(field.Value, property)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(item => All(item, property)),
        _ => [],
    };

    /// <summary>As the PostgreSQL data source does, for the last hour and the space 'default'.</summary>
    public static string Expand(string sql)
    {
        var now = TimeProvider.System.GetUtcNow();
        var (from, to) = ($"'{now.AddHours(-1):yyyy-MM-ddTHH:mm:ssZ}'", $"'{now.AddMinutes(1):yyyy-MM-ddTHH:mm:ssZ}'");
        sql = TimeGroup().Replace(sql, "floor(extract(epoch from $1)/10)*10 AS \"time\"");
        sql = TimeFilter().Replace(sql, $"$1 BETWEEN {from} AND {to}");
        return sql.Replace("$__timeFrom()", from, StringComparison.Ordinal).Replace("$__timeTo()", to, StringComparison.Ordinal)
            .Replace("${space:sqlstring}", "'default'", StringComparison.Ordinal);
    }

    /// <summary>The name of a metric in Prometheus: dots become underscores, the unit and, for a counter, "total" are added; annotations in braces are no unit.</summary>
    public static string PrometheusName(string name, string unit, bool isCounter) =>
        name.Replace('.', '_') + (unit == "s" ? "_seconds" : "") + (isCounter ? "_total" : "");

    /// <summary>Names of PgLocks in a PromQL expression, labels among them.</summary>
    public static IEnumerable<string> Names(string expression) => Name().Matches(expression).Select(match => match.Value);

    [GeneratedRegex(@"\$__timeGroupAlias\(([\w.]+), \$__interval\)")]
    private static partial Regex TimeGroup();

    [GeneratedRegex(@"\$__timeFilter\(([\w.]+)\)")]
    private static partial Regex TimeFilter();

    [GeneratedRegex(@"\bpglocks_\w+")]
    private static partial Regex Name();
}
