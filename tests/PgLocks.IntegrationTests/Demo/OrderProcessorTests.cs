using Npgsql;
using OrderProcessor;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Demo;

/// <summary>The sample as a real process.</summary>
public sealed class OrderProcessorTests(PostgresServer server)
{
    private const string Dll = "samples/OrderProcessor/OrderProcessor.dll";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Orders_MalformedLine_ReportsItsNumberAndAppliesTheRest()
    {
        await using var database = await server.CreateDatabaseAsync();
        var orders = OrderFile.Lines(20).ToList();
        using var file = OrderFile.Of([.. orders[..10], "{\"order_uuid\":42}", .. orders[10..]]);
        await using var processor = Start(database.ConnectionString, "--orders", file.Path);

        Assert.Equal(1, await processor.WaitForExitAsync(Patience));

        Assert.Contains(processor.Errors, line => line.StartsWith("Line 11 is not an order:", StringComparison.Ordinal));
        Assert.Contains("20 orders applied", Assert.Single(processor.Output), StringComparison.Ordinal);
        Assert.Equal(20, await database.ScalarAsync<long>("SELECT sum(order_count) FROM positions"));
    }

    [Fact]
    public async Task StandardInput_SameOrdersTwice_AppliesThemOnce()
    {
        await using var database = await server.CreateDatabaseAsync();
        var orders = OrderFile.Lines(30).ToList();
        await using var processor = Start(database.ConnectionString, "--ack");
        foreach (var line in orders.Concat(orders))
            await processor.Input.WriteLineAsync(line);
        processor.Input.Close();

        Assert.Equal(0, await processor.WaitForExitAsync(Patience));

        Assert.Equal(30, processor.Output.Count(line => line.StartsWith("applied ", StringComparison.Ordinal)));
        Assert.Equal(30, processor.Output.Count(line => line.StartsWith("repeated ", StringComparison.Ordinal)));
        await using var connection = await database.OpenAsync();
        Assert.Equal(Replay.Of(orders.Select(line => OrderReader.Parse(1, line).Order!)), await PositionStore.AllAsync(connection));
    }

    [Fact]
    public async Task Interrupt_StreamGoesOn_FinishesWhatItHasReadAndReleasesEverything()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var processor = Start(database.ConnectionString, "--ack", "--tasks", "2");
        foreach (var line in OrderFile.Lines(50))
            await processor.Input.WriteLineAsync(line);
        await processor.Input.FlushAsync();
        await processor.WaitForLineAsync("applied ", Patience);

        processor.Signal(ProcessSignal.Interrupt);

        Assert.Equal(130, await processor.WaitForExitAsync(Patience));
        Assert.Equal(await database.ScalarAsync<long>("SELECT count(*) FROM applied_orders"), processor.Output.Count);
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"));
        Assert.Equal(1, await database.ScalarAsync<long>("SELECT count(*) FROM pglocks.instances WHERE closed_at IS NOT NULL"));
    }

    [Fact]
    public async Task Start_WrongPassword_SaysWhatToCheck()
    {
        await using var database = await server.CreateDatabaseAsync();
        var wrong = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Password = "not-the-password" }.ConnectionString;
        await using var processor = Start(wrong);

        Assert.Equal(3, await processor.WaitForExitAsync(Patience));

        var complaint = Assert.Single(processor.Errors);
        Assert.Contains("Check Username and Password", complaint, StringComparison.Ordinal);
        Assert.DoesNotContain("not-the-password", complaint, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Pitfall", "27: connection strings keep their password")]
    public async Task Start_UnreadableConnectionString_QuotesNothingOfIt()
    {
        await using var processor = Start("Host=127.0.0.1;Password=a;secret=b");

        Assert.Equal(3, await processor.WaitForExitAsync(Patience));

        Assert.DoesNotContain("secret", Assert.Single(processor.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_NoServer_SaysWhatToCheck()
    {
        await using var processor = Start("Host=127.0.0.1;Port=1;Username=nobody;Database=orders");

        Assert.Equal(3, await processor.WaitForExitAsync(Patience));

        Assert.Contains("127.0.0.1:1 cannot be reached", Assert.Single(processor.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_NoSchema_SaysHowToCreateIt()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);
        await using var processor = Start(database.ConnectionString);

        Assert.Equal(3, await processor.WaitForExitAsync(Patience));

        Assert.Contains("pglocks migrate up", Assert.Single(processor.Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--tasks", "0")]
    [InlineData("--orders", "/no/such/file")]
    [InlineData("--bogus", "1")]
    public async Task Start_BadUsage_SaysWhichOption(string option, string value)
    {
        await using var processor = Start("Host=127.0.0.1", option, value);

        Assert.Equal(2, await processor.WaitForExitAsync(Patience));

        Assert.Contains(processor.Errors, line => line.Contains(option, StringComparison.Ordinal) || line.Contains(value, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Generate_ToAFile_IsTheStreamOfTheSeed()
    {
        using var file = OrderFile.Of();
        await using var generator = ChildProcess.Dotnet(Dll, "generate", "--orders", "40", "--seed", "9", "--out", file.Path);

        Assert.Equal(0, await generator.WaitForExitAsync(Patience));

        Assert.Equal(OrderFile.Lines(40, seed: 9), await File.ReadAllLinesAsync(file.Path));
    }

    private static ChildProcess Start(string connectionString, params IEnumerable<string> arguments) =>
        ChildProcess.Dotnet(Dll, arguments, [new("PGLOCKS_CONNECTION", connectionString)]);
}
