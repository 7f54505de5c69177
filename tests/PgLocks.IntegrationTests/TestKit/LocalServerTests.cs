using Npgsql;
using PgLocks.AdminTool.Demo;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.TestKit;

public sealed class LocalServerTests : IAsyncLifetime
{
    private LocalServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await LocalServer.StartAsync(TestServerOptions.ForBinariesFound());

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task StartAsync_Ready_IsUtf8AndAsksForThePassword()
    {
        Assert.Equal("UTF8", await ScalarAsync("SHOW server_encoding"));

        var wrong = new NpgsqlConnectionStringBuilder(_server.ConnectionString) { Password = "wrong" }.ConnectionString;
        await using var connection = new NpgsqlConnection(wrong);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync());
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
    }

    [Theory]
    [InlineData(ShutdownMode.Fast)]
    [InlineData(ShutdownMode.Immediate)]
    public async Task RestartAsync_AnyMode_KeepsPortAndData(ShutdownMode mode)
    {
        var port = _server.Port;
        await ScalarAsync("CREATE TABLE kept (x int); SELECT 'created'");

        await _server.RestartAsync(mode);

        Assert.Equal(port, _server.Port);
        Assert.Equal("0", await ScalarAsync("SELECT count(*)::text FROM kept"));
    }

    [Fact]
    public async Task KillAsync_WithASession_BreaksItAndCanStartAgain()
    {
        await using var connection = new NpgsqlConnection(_server.ConnectionString);
        await connection.OpenAsync();

        await _server.KillAsync();

        await using var command = new NpgsqlCommand("SELECT 1", connection);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => command.ExecuteScalarAsync());
        await _server.StartAgainAsync();
        Assert.Equal("1", await ScalarAsync("SELECT '1'"));
    }

    [Fact]
    public async Task Pause_WithASession_AnswersOnlyAfterResume()
    {
        await using var connection = new NpgsqlConnection(_server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT '1'", connection);

        _server.Pause();
        var answer = command.ExecuteScalarAsync();
        Assert.False(answer.IsCompleted);
        _server.Resume();

        Assert.Equal("1", await answer);
    }

    [Fact]
    public async Task StartAsync_BadSetting_QuotesTheServersLog()
    {
        var options = TestServerOptions.ForBinariesFound() with { Settings = new Dictionary<string, string> { ["no_such_setting"] = "1" } };

        var failed = await Assert.ThrowsAsync<LocalServerException>(() => LocalServer.StartAsync(options));

        Assert.Contains("no_such_setting", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_Cancelled_EndsSoonWithoutAServer()
    {
        using var cancelled = new CancellationTokenSource();
        var starting = LocalServer.StartAsync(TestServerOptions.ForBinariesFound(), cancelled.Token);

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);
    }

    private async Task<string?> ScalarAsync(string sql)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(_server.ConnectionString) { Pooling = false }.ConnectionString;
        await using var connection = new NpgsqlConnection(unpooled);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (string?)await command.ExecuteScalarAsync();
    }
}
