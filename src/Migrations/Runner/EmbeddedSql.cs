using System.Reflection;

namespace PgLocks.Migrations;

/// <summary>The SQL files that are compiled into this assembly.</summary>
internal static class EmbeddedSql
{
    private static readonly Assembly Assembly = typeof(EmbeddedSql).Assembly;

    public static string ResourceName(string file) => $"PgLocks.Migrations.Sql.{file}";

    public static string Read(string file)
    {
        using var stream = Assembly.GetManifestResourceStream(ResourceName(file))
            ?? throw new ArgumentException($"No SQL file '{file}' is embedded.", nameof(file));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
