using Npgsql;
using PgLocks.Postgres;

namespace PgLocks.Tests.Postgres;

public sealed class SqlStatesTests
{
    private static readonly NpgsqlConnectionStringBuilder Target = new("Host=db;Port=5432;Database=orders;Username=app;Password=secret");

    [Theory]
    [InlineData("57P05", "raise ServerLeaseDuration")]
    [InlineData("57P03", "takes no connection now")]
    [InlineData("53200", "Try again")]
    public void ToStartFailure_WhatPasses_IsTransient(string sqlState, string remedy)
    {
        var failure = SqlStates.ToStartFailure(new PostgresException("what the server said", "FATAL", "FATAL", sqlState), Target);

        Assert.True(failure.IsTransient);
        Assert.Contains(remedy, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("28P01", "refused user 'app'")]
    [InlineData("3D000", "Database 'orders' does not exist")]
    [InlineData("XX000", "pglocks doctor")]
    public void ToStartFailure_WhatStays_IsAWrongConfiguration(string sqlState, string remedy)
    {
        var failure = SqlStates.ToStartFailure(new PostgresException("what the server said", "FATAL", "FATAL", sqlState), Target);

        Assert.IsType<PgLocksConfigurationException>(failure);
        Assert.False(failure.IsTransient);
        Assert.Contains(remedy, failure.Message, StringComparison.Ordinal);
    }
}
