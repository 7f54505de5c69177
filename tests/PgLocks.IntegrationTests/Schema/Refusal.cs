using Npgsql;

namespace PgLocks.IntegrationTests.Schema;

/// <summary>The error with which the server refuses.</summary>
internal static class Refusal
{
    public static Task<PostgresException> OfAsync(Func<Task> work) => Assert.ThrowsAsync<PostgresException>(work);
}
