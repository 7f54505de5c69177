using Npgsql;
using PgLocks.TestKit;
using PgLocks.TestKit.Network;

namespace PgLocks.IntegrationTests.TestKit;

public sealed class TcpProxyTests(PostgresServer server) : IAsyncLifetime
{
    private TcpProxy _proxy = null!;
    private NpgsqlConnection _connection = null!;

    public async ValueTask InitializeAsync()
    {
        var connectionString = await server.GetConnectionStringAsync();
        _proxy = TcpProxy.Start(connectionString);
        _connection = new NpgsqlConnection(_proxy.Through(connectionString) + ";Pooling=false");
        await _connection.OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _proxy.DisposeAsync();
    }

    [Fact]
    public async Task Stall_ThenResume_DeliversWhatWasHeldBack()
    {
        _proxy.Stall();
        var answer = SelectAsync();
        Assert.False(answer.IsCompleted);

        _proxy.Resume();

        Assert.Equal(1, await answer);
    }

    [Fact]
    public async Task Strand_OpenConnection_HearsNothingMoreAndNewOnesAreServed()
    {
        _proxy.Strand();
        var answer = SelectAsync();

        await using (var later = new NpgsqlConnection(_proxy.Through(await server.GetConnectionStringAsync()) + ";Pooling=false"))
            await later.OpenAsync();
        _proxy.Resume();

        Assert.False(answer.IsCompleted);
        _proxy.Reset();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => answer);
    }

    [Fact]
    public async Task Cut_OpenConnection_BreaksIt()
    {
        _proxy.Cut();

        await Assert.ThrowsAnyAsync<NpgsqlException>(SelectAsync);
        await Eventually.EqualAsync(0, () => Task.FromResult(_proxy.ConnectionCount), because: "the connection is closed on both sides");
    }

    [Fact]
    public async Task Reset_OpenConnection_BreaksIt()
    {
        _proxy.Reset();

        await Assert.ThrowsAnyAsync<NpgsqlException>(SelectAsync);
    }

    private async Task<object?> SelectAsync()
    {
        await using var command = new NpgsqlCommand("SELECT 1", _connection);
        return await command.ExecuteScalarAsync();
    }
}
