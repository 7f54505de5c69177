using FluentMigrator.Runner;
using Microsoft.Extensions.Logging;

namespace PgLocks.Migrations;

/// <summary>Keeps the statements that FluentMigrator's connectionless processor logs instead of executing.</summary>
internal sealed class SqlRecorder : ILogger
{
    private readonly List<string> _statements = [];

    /// <summary>What was logged since the last call.</summary>
    public IReadOnlyList<string> Take()
    {
        string[] taken = [.. _statements];
        _statements.Clear();
        return taken;
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId == RunnerEventIds.Sql)
            _statements.Add(formatter(state, exception));
    }
}
