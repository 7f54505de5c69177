using System.Security.Cryptography;
using Npgsql;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Schema;

/// <summary>A login role of one test, without any privilege of its own. Roles belong to the cluster, so it is dropped at the end.</summary>
internal sealed class TestRole : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly NpgsqlDataSource _source;

    private TestRole(TestDatabase database, string name, string password)
    {
        _database = database;
        Name = name;
        ConnectionString = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = name, Password = password, Pooling = false }.ConnectionString;
        _source = NpgsqlDataSource.Create(ConnectionString);
    }

    public string Name { get; }

    public string ConnectionString { get; }

    public static async Task<TestRole> CreateAsync(TestDatabase database, string? memberOf = null)
    {
        var name = $"test_{RandomNumberGenerator.GetHexString(12, lowercase: true)}";
        var password = RandomNumberGenerator.GetHexString(24, lowercase: true);
        await database.ExecuteAsync($"CREATE ROLE {name} LOGIN PASSWORD '{password}'" + (memberOf is null ? "" : $" IN ROLE {memberOf}"));
        return new TestRole(database, name, password);
    }

    public async Task<NpgsqlConnection> OpenAsync() => await _source.OpenConnectionAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _database.ExecuteAsync($"REASSIGN OWNED BY {Name} TO CURRENT_USER; DROP OWNED BY {Name}; DROP ROLE {Name}");
    }
}
