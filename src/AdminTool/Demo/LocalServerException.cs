namespace PgLocks.AdminTool.Demo;

/// <summary>An embedded PostgreSQL server could not be found, created, started or reached. The message says what to do next.</summary>
public sealed class LocalServerException(string message, Exception? inner = null) : Exception(message, inner);
