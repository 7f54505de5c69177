using Npgsql;

namespace PgLocks.TestKit;

/// <summary>Somebody else's server: used, never stopped, and left as it was.</summary>
internal sealed class GivenServer : IServerSource
{
    private readonly IReadOnlyList<string> _rolesBefore;

    private GivenServer(string connectionString, IReadOnlyList<string> rolesBefore)
    {
        ConnectionString = connectionString;
        _rolesBefore = rolesBefore;
    }

    public string ConnectionString { get; }

    public static async Task<IServerSource> ConnectAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        return new GivenServer(connectionString, await RolesAsync(source, cancellationToken));
    }

    // Roles belong to the whole server: dropping the databases of the tests does not drop them.
    public async ValueTask DisposeAsync()
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString);
        foreach (var role in (await RolesAsync(source, CancellationToken.None)).Except(_rolesBefore))
        {
            try
            {
                await using var drop = source.CreateCommand($"""DROP ROLE IF EXISTS "{role}" """);
                await drop.ExecuteNonQueryAsync();
            }
            catch (PostgresException needed) when (needed.SqlState == PostgresErrorCodes.DependentObjectsStillExist)
            {
                // Another run on the same server still has databases with it, and drops it at its end.
            }
        }
    }

    private static async Task<IReadOnlyList<string>> RolesAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(@"SELECT rolname FROM pg_roles WHERE rolname LIKE 'pglocks\_%'");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var roles = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            roles.Add(reader.GetString(0));
        return roles;
    }
}
