using System.Globalization;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Startup;

/// <summary>What a process that has just started does when its first wait times out, in a process of its own.</summary>
public sealed class FirstTimeoutTests(PostgresServer server) : IAsyncLifetime
{
    /// <summary>A getter or two. Unrehearsed it compiles 38 methods.</summary>
    private const long Few = 5;

    private const string Answer = "compiled: ";

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task AcquireAsync_FirstTimeoutOfAProcess_CompilesNextToNothing()
    {
        await using var process = ChildProcess.Dotnet("tests/PgLocks.TestWorker/PgLocks.TestWorker.dll", ["first-timeout", _database.ConnectionString]);

        var line = await process.WaitForLineAsync(Answer);

        Assert.InRange(long.Parse(line[Answer.Length..], CultureInfo.InvariantCulture), 0, Few);
    }
}
