using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PgLocks.Benchmarks.Report;

/// <summary>Everything that was measured, for programs. Durations in ns.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    internal static string Write(Results results, IReadOnlyList<TargetLine> targets) => JsonSerializer.Serialize(
        new
        {
            setting = results.Setting,
            seconds = results.Options.Seconds,
            rounds = results.Options.Rounds,
            targets,
            rows = results.Rows,
            runs = results.Runs,
        },
        Readable) + "\n";
}
