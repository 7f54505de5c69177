using Npgsql;

namespace PgLocks.Migrations;

/// <summary>Turns what the server and FluentMigrator throw into what a person can act upon.</summary>
internal static class MigrationErrors
{
    public static MigrationException Translate(Exception exception, NpgsqlConnectionStringBuilder target)
    {
        var chain = Chain(exception).ToList();
        if (chain.OfType<MigrationException>().FirstOrDefault() is { } known)
            return known;

        var where = MigrationSession.Describe(target);
        var error = chain.OfType<PostgresException>().FirstOrDefault();
        return error?.SqlState switch
        {
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => Error(
                MigrationFailure.CannotConnect, $"The server refused the login to {where}: {error.MessageText}. Check user name and password."),
            PostgresErrorCodes.InvalidCatalogName => Error(
                MigrationFailure.CannotConnect, $"There is no {where}. Create it with CREATE DATABASE, or correct the connection string."),
            PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.TooManyConnections => Error(
                MigrationFailure.CannotConnect, $"The server takes no connection to {where} now: {error.MessageText}. Try again later."),
            PostgresErrorCodes.InsufficientPrivilege => Error(
                MigrationFailure.PermissionDenied,
                $"No permission in {where}: {error.MessageText}. Run the migration as the owner of the schema, or as a role with CREATE on the database."),
            PostgresErrorCodes.ReadOnlySqlTransaction => Error(
                MigrationFailure.UnsuitableServer, $"The {where} is read-only. Connect to the primary."),
            PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown => Error(
                MigrationFailure.StepFailed, $"The server ended the session of the migration in {where}; the step under way was rolled back. Run it again."),
            { } state => Error(
                MigrationFailure.StepFailed,
                $"A migration failed in {where} and was rolled back: {error!.MessageText} (SQLSTATE {state}{Location(error)}). "
                + "'pglocks migrate status' shows what is applied."),
            null when chain.OfType<NpgsqlException>().FirstOrDefault() is { } broken => Error(
                MigrationFailure.CannotConnect,
                $"Cannot reach {where}: {broken.InnerException?.Message ?? broken.Message}. Check that the server runs and that host and port are right."),
            null => Error(MigrationFailure.StepFailed, $"A migration failed in {where} and was rolled back: {exception.Message}"),
        };

        MigrationException Error(MigrationFailure failure, string message) => new(failure, message, exception);
    }

    private static string Location(PostgresException error) => error.Where is { } place ? $", {place.Split('\n')[0]}" : "";

    private static IEnumerable<Exception> Chain(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
            yield return exception;
    }
}
