using Npgsql;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Fuzz;

/// <summary>A role of the application whose password is changed again and again. The statements that change it do not have it in their text.</summary>
internal sealed class RolePassword : IAsyncDisposable
{
    private readonly TestDatabase _database;

    private RolePassword(TestDatabase database, string name) => (_database, Name) = (database, name);

    public string Name { get; }

    public static async Task<RolePassword> CreateAsync(TestDatabase database)
    {
        var name = $"fuzz_{Guid.NewGuid():N}";
        await database.ExecuteAsync($"CREATE ROLE {name} LOGIN IN ROLE pglocks_app");
        await database.ExecuteAsync(
            $"CREATE FUNCTION public.set_password(text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE format('ALTER ROLE {name} PASSWORD %L', $1); END $$");
        return new RolePassword(database, name);
    }

    public Task SetAsync(string password) => _database.ExecuteAsync("SELECT public.set_password($1)", password);

    public NpgsqlConnectionStringBuilder With(string? password) =>
        new(_database.ConnectionString) { Username = Name, Password = password, PersistSecurityInfo = false };

    public async ValueTask DisposeAsync() => await _database.ExecuteAsync($"DROP OWNED BY {Name}; DROP ROLE {Name}");
}
