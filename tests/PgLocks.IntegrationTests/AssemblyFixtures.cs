using PgLocks.TestKit;

[assembly: AssemblyFixture(typeof(PostgresServer))]
