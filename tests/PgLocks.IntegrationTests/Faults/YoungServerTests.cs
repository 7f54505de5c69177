using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using PgLocks.AdminTool.Demo;
using PgLocks.Migrations;
using PgLocks.Postgres;
using PgLocks.Slots;
using PgLocks.TestKit;
using PgLocks.TestKit.Network;

namespace PgLocks.IntegrationTests.Faults;

/// <summary>A server that has just started may have freed slots whose owners do not know yet.</summary>
public sealed class YoungServerTests
{
    private static readonly TimeSpan LockDelay = TimeSpan.FromMinutes(5);

    [Fact]
    [Trait("Pitfall", "1: the server frees locks before their owner can know")]
    public async Task Open_AnswersAreLate_GrantsNothingWithinTheLockDelayOfTheServersStart()
    {
        await using var server = await LocalServer.StartAsync(TestServerOptions.ForBinariesFound());
        await new SchemaMigrator(server.ConnectionString).MigrateUpAsync();
        var time = TimeProvider.System;
        await using var direct = new NpgsqlConnection(server.ConnectionString);
        await direct.OpenAsync();
        var before = time.GetTimestamp();
        var age = ServerInfo.Read(direct).Age;
        await using var proxy = TcpProxy.Start(server.ConnectionString);
        proxy.Delay = TimeSpan.FromSeconds(0.5);

        using var session = LockSession.Open(await ContextAsync(proxy.Through(server.ConnectionString), server.ConnectionString), "home");

        Assert.True(time.GetElapsedTime(before, session.Lease.OpensAt) >= LockDelay - age);
    }

    private static async Task<BackendContext> ContextAsync(string connectionString, string fastConnectionString)
    {
        var options = new PgLocksOptions
        {
            ConnectionString = connectionString,
            LeaseDuration = TimeSpan.FromSeconds(30),
            ServerLeaseDuration = TimeSpan.FromSeconds(40),
            LockDelay = LockDelay,
        };
        var space = await SpaceFinder.FindAsync(new Connections(new PgLocksOptions { ConnectionString = fastConnectionString }), options, TestContext.Current.CancellationToken);
        return new BackendContext(options, new Connections(options), space, TimeProvider.System, new Agenda(TimeProvider.System), NullLogger.Instance, static _ => { }, new RoundTrips());
    }
}
