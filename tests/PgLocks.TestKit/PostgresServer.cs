using System.Runtime.CompilerServices;
using Npgsql;
using PgLocks.AdminTool.Demo;

namespace PgLocks.TestKit;

/// <summary>
/// The server of a test assembly, started at its first use: the one that <c>PGLOCKS_TEST_CONNECTION</c> names, else a container where
/// Docker answers, else a <see cref="LocalServer"/>. Tests take it as <c>[assembly: AssemblyFixture(typeof(PostgresServer))]</c>
/// and create databases of their own in it.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IServerSource? _source;
    private TemplateDatabase? _template;

    /// <summary>Creates a database that nobody else has, with the schema of PgLocks in it or empty. Dispose it to drop it.</summary>
    public async Task<TestDatabase> CreateDatabaseAsync(bool migrated = true, [CallerFilePath] string caller = "", CancellationToken cancellationToken = default)
    {
        var source = await StartedAsync(cancellationToken);
        var name = DatabaseName.For(Path.GetFileNameWithoutExtension(caller));
        await _template!.CopyAsync(name, migrated, cancellationToken);
        return new TestDatabase(source.ConnectionString, name);
    }

    /// <summary>For the superuser, in the server's own database.</summary>
    public async Task<string> GetConnectionStringAsync(CancellationToken cancellationToken = default) =>
        (await StartedAsync(cancellationToken)).ConnectionString;

    public async ValueTask DisposeAsync()
    {
        if (_template is not null)
            await _template.DisposeAsync();
        if (_source is not null)
            await _source.DisposeAsync();
        _gate.Dispose();
        NpgsqlConnection.ClearAllPools();
    }

    private async Task<IServerSource> StartedAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_source is null)
            {
                _source = await ServerSource.ChooseAsync(cancellationToken);
                _template = new TemplateDatabase(_source.ConnectionString);
            }
            return _source;
        }
        finally
        {
            _gate.Release();
        }
    }
}
