namespace PgLocks.Migrations;
internal static class SchemaScript { public static string Write() => ""; }
