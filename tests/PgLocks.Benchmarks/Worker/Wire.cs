using System.Text.Json;

namespace PgLocks.Benchmarks.Worker;

/// <summary>
/// What coordinator and worker say to each other, a line each, so that all processes of a run start together:
/// run SPEC → ready → go → measured → finish → done RESULT.
/// </summary>
internal static class Wire
{
    internal const string Run = "run";
    internal const string Ready = "ready";
    internal const string Go = "go";
    internal const string Measured = "measured";
    internal const string Finish = "finish";
    internal const string Done = "done";

    internal static string Line<T>(string word, T content) => $"{word} {JsonSerializer.Serialize(content)}";

    internal static T Content<T>(string word, string line) =>
        line.StartsWith(word + " ", StringComparison.Ordinal)
            ? JsonSerializer.Deserialize<T>(line.AsSpan(word.Length + 1)) ?? throw new InvalidDataException($"nothing after '{word}'")
            : throw new InvalidDataException($"'{word}' was expected, but '{line}' came");
}
