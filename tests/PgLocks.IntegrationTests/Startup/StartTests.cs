using Npgsql;
using PgLocks.IntegrationTests.Locks;
using PgLocks.IntegrationTests.Schema;
using PgLocks.TestKit;
using PgLocks.TestKit.Network;

namespace PgLocks.IntegrationTests.Startup;

/// <summary>What does not fit ends the start, with a message that says what to do next and never a password.</summary>
public sealed class StartTests(PostgresServer server) : IAsyncLifetime
{
    private const string Secret = "s3cret-pa55word";

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task StartAsync_EverythingFits_KnowsItsSpace()
    {
        await using var provider = await PgLockProvider.StartAsync(_database.ConnectionString);

        Assert.Equal(256, provider.PoolSize);
        Assert.NotEqual(Guid.Empty, provider.InstanceId);
    }

    [Fact]
    public async Task StartAsync_RoleOfTheApplication_HasAllTheRightsItNeeds()
    {
        await using var role = await TestRole.CreateAsync(_database, memberOf: "pglocks_app");
        await using var provider = await _database.StartProviderAsync(options => options.ConnectionString = role.ConnectionString);
        await using var lease = await provider.AcquireAsync(TestKeys.Key);
        await using var connection = new NpgsqlConnection(role.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();

        await lease.FenceAsync(transaction);
        await using var other = await provider.AcquireInTransactionAsync(transaction, TestKeys.OfSlots(1)[0]);
        await transaction.CommitAsync();
    }

    [Fact]
    public async Task StartAsync_WrongPassword_NamesTheUser()
    {
        var refused = await RefusedAsync(target => target.Password = Secret);

        Assert.Contains($"refused user '{new NpgsqlConnectionStringBuilder(_database.ConnectionString).Username}'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Check Username and Password", refused.Message, StringComparison.Ordinal);
        Assert.IsType<PgLocksConfigurationException>(refused);
    }

    [Fact]
    public async Task StartAsync_AnswersThatTakeLongerThanTheLease_AreATransientFailure()
    {
        await using var proxy = TcpProxy.Start(_database.ConnectionString);
        proxy.Delay = TimeSpan.FromMilliseconds(150);

        var refused = await Assert.ThrowsAsync<PgLockException>(async () => await PgLockProvider.StartAsync(new PgLocksOptions
        {
            ConnectionString = proxy.Through(_database.ConnectionString),
            HeartbeatInterval = TimeSpan.FromMilliseconds(50),
            LeaseDuration = TimeSpan.FromMilliseconds(150),
        }));

        Assert.Contains("within LeaseDuration (0.15 s)", refused.Message, StringComparison.Ordinal);
        Assert.True(refused.IsTransient);
    }

    [Fact]
    public async Task StartAsync_ServerDown_SaysWhereAndIsTransient()
    {
        var refused = await RefusedAsync(target => (target.Host, target.Port) = ("127.0.0.1", 1));

        Assert.Contains("PostgreSQL at 127.0.0.1:1 cannot be reached", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Check Host and Port", refused.Message, StringComparison.Ordinal);
        Assert.True(refused.IsTransient);
    }

    [Fact]
    public async Task StartAsync_UnknownHost_SaysWhereAndIsTransient()
    {
        var refused = await RefusedAsync(target => target.Host = "no-such-host.invalid");

        Assert.Contains("PostgreSQL at no-such-host.invalid:", refused.Message, StringComparison.Ordinal);
        Assert.True(refused.IsTransient);
    }

    [Fact]
    public async Task StartAsync_DatabaseMissing_NamesIt()
    {
        var refused = await RefusedAsync(target => target.Database = "no_such_database");

        Assert.Contains("Database 'no_such_database' does not exist", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Create it, or correct Database", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_SchemaMissing_SaysHowToGetIt()
    {
        await using var empty = await server.CreateDatabaseAsync(migrated: false);

        var refused = await RefusedAsync(target => target.Database = empty.Name);

        Assert.Contains($"Database '{empty.Name}' has no pglocks schema. Run 'pglocks migrate up'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_SchemaMissingAndMigrateOnStart_CreatesIt()
    {
        await using var empty = await server.CreateDatabaseAsync(migrated: false);

        await using var provider = await PgLockProvider.StartAsync(new PgLocksOptions { ConnectionString = empty.ConnectionString, MigrateOnStart = true });

        await using var lease = await provider.AcquireAsync(TestKeys.Key, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task StartAsync_SchemaOlder_SaysToMigrate()
    {
        await _database.ExecuteAsync("DELETE FROM pglocks.schema_versions WHERE version = (SELECT max(version) FROM pglocks.schema_versions)");

        var refused = await RefusedAsync();

        Assert.Contains("older than this PgLocks", refused.Message, StringComparison.Ordinal);
        Assert.Contains("pglocks migrate up", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_SchemaNewer_SaysToUpdate()
    {
        await _database.ExecuteAsync("INSERT INTO pglocks.schema_versions (version, description) VALUES (299912312359, 'of the future')");

        var refused = await RefusedAsync();

        Assert.Contains("is at version 299912312359, newer than this PgLocks", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Update the package", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(100)]
    public async Task StartAsync_PoolSizeChangedByHand_IsRefused(int size)
    {
        await ForcePoolSizeAsync(size);

        var refused = await RefusedAsync();

        Assert.Contains($"{size} slots", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Set pglocks.spaces.pool_size back", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_PoolShrunkByHandUnderALiveInstance_IsRefused()
    {
        await using var live = await PgLockProvider.StartAsync(_database.ConnectionString);
        await ForcePoolSizeAsync(128);

        var refused = await RefusedAsync();

        Assert.Contains("has 128 slots, but a live instance works with 256", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_UnknownSpace_NamesTheOnesThereAre()
    {
        var refused = await Assert.ThrowsAsync<PgLocksConfigurationException>(async () =>
            await PgLockProvider.StartAsync(new PgLocksOptions { ConnectionString = _database.ConnectionString, Space = "it's" }));

        Assert.Contains("Space 'it's' does not exist (there are: default)", refused.Message, StringComparison.Ordinal);
        Assert.Contains("pglocks.create_space('it''s')", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_OtherSpace_MeetsNobodyOfTheDefaultOne()
    {
        await _database.ExecuteAsync("SELECT pglocks.create_space('small', 16)");
        await using var one = await _database.StartProviderAsync();
        await using var other = await _database.StartProviderAsync(options => options.Space = "small");
        await using var lease = await one.AcquireAsync(TestKeys.Key);

        await using var both = await other.AcquireAsync(TestKeys.Key);

        Assert.Equal(16, other.PoolSize);
        Assert.InRange(both.Slot, 0, 15);
    }

    [Theory]
    [InlineData("Nonsense=1", "ConnectionString is not one that Npgsql understands")]
    [InlineData("Host=localhost;Port=abc", "ConnectionString is not one that Npgsql understands")]
    [InlineData("Database=orders", "names no Host")]
    [InlineData("", "ConnectionString is empty")]
    public async Task StartAsync_BadConnectionString_SaysSoWithoutIt(string connectionString, string expected)
    {
        var refused = await Assert.ThrowsAsync<PgLocksConfigurationException>(async () =>
            await PgLockProvider.StartAsync(connectionString.Length == 0 ? "" : $"{connectionString};Password={Secret}"));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_BadOption_IsNamed()
    {
        var refused = await Assert.ThrowsAsync<PgLocksConfigurationException>(async () =>
            await PgLockProvider.StartAsync(new PgLocksOptions { ConnectionString = _database.ConnectionString, MaxWaitSessions = 0 }));

        Assert.Contains("MaxWaitSessions is 1 to 256, but was 0.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_RoleWithoutRights_SaysWhichRoleToGrant()
    {
        await using var role = await TestRole.CreateAsync(_database);

        var refused = await Assert.ThrowsAnyAsync<PgLockException>(async () => await PgLockProvider.StartAsync(role.ConnectionString));

        Assert.Contains("Grant it the role pglocks_app", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_Refused_LeavesNoSession()
    {
        await ForcePoolSizeAsync(512);

        await RefusedAsync();

        await _database.NothingIsLeftAsync();
    }

    private async Task<PgLockException> RefusedAsync(Action<NpgsqlConnectionStringBuilder>? change = null)
    {
        var target = new NpgsqlConnectionStringBuilder(_database.ConnectionString);
        var password = target.Password!;
        change?.Invoke(target);
        var refused = await Assert.ThrowsAnyAsync<PgLockException>(async () => await PgLockProvider.StartAsync(target.ConnectionString));
        Assert.DoesNotContain(Secret, refused.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(password, refused.ToString(), StringComparison.Ordinal);
        return refused;
    }

    private Task<int> ForcePoolSizeAsync(int size) => _database.ExecuteAsync(
        $"""
        ALTER TABLE pglocks.spaces DISABLE TRIGGER ALL;
        ALTER TABLE pglocks.spaces DROP CONSTRAINT IF EXISTS spaces_pool_size_check;
        UPDATE pglocks.spaces SET pool_size = {size};
        ALTER TABLE pglocks.spaces ENABLE TRIGGER ALL
        """);
}
