using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace PgLocks.Tests;

/// <summary>Programs that this project does not contain are compiled against these names: a change that breaks them must not build.</summary>
public sealed class ContractTests
{
    [Fact]
    public void AddPgLocks_EachForm_RegistersTheProvider()
    {
        Assert.Contains(new ServiceCollection().AddPgLocks("Host=localhost"), service => service.ServiceType == typeof(ILockProvider));
        Assert.Contains(new ServiceCollection().AddPgLocks(options => options.Space = "other"), service => service.ServiceType == typeof(ILockProvider));
        Assert.Contains(new ServiceCollection().AddPgLocks(), service => service.ServiceType == typeof(PgLockProvider));
    }

    [Fact]
    public void Options_Defaults_AreThoseOfTheContract()
    {
        var options = new PgLocksOptions();

        Assert.Equal(
            ("default", TimeSpan.FromSeconds(5), Retention.Adaptive, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(5)),
            (options.Space, options.AcquireTimeout, options.Retention, options.HeartbeatInterval, options.LeaseDuration, options.ServerLeaseDuration));
        Assert.Equal(
            (options.LeaseDuration + TimeSpan.FromSeconds(0.5), TimeSpan.FromMilliseconds(2), 16, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), false, false),
            (options.LockDelay, options.Quantum, options.MaxWaitSessions, options.LongHoldThreshold, options.TelemetryInterval, options.AllowSessionPooler, options.MigrateOnStart));
    }

    [Fact]
    public void Exceptions_Types_CarryTheirData()
    {
        Assert.True(typeof(TimeoutException).IsAssignableFrom(typeof(LockTimeoutException)));
        Assert.All([typeof(LeaseLostException), typeof(LockOrderException), typeof(PgLocksConfigurationException)], type => Assert.True(typeof(PgLockException).IsAssignableFrom(type)));
    }

    /// <summary>Never run: it is enough that it compiles.</summary>
    internal static async Task<object> UseEverythingAsync(NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using PgLockProvider provider = await PgLockProvider.StartAsync("Host=localhost", cancellationToken);
        await using PgLockProvider other = await PgLockProvider.StartAsync(new PgLocksOptions { ConnectionString = "Host=localhost" }, cancellationToken);
        return await UseAsync(provider, provider, transaction, cancellationToken);
    }

    internal static async Task<object> UseAsync(ILockProvider locks, PgLockProvider provider, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        PositionLock position = locks.GetLock("hotkey", "EURUSD");
        (PositionKey key, int slot) = (position.Key, position.Slot);
        await using LockLease first = await position.AcquireAsync(TimeSpan.FromSeconds(1), cancellationToken);
        await using LockLease second = await locks.AcquireAsync(new PositionKey("a", "b"), timeout: null, cancellationToken);
        using LockLease? third = await position.TryAcquireAsync(TimeSpan.Zero, cancellationToken);
        LockLease? fourth = await locks.TryAcquireAsync(key, default, cancellationToken);
        await using MultiLockLease all = await locks.AcquireAllAsync([key], TimeSpan.FromSeconds(1), cancellationToken);
        await using LockLease own = await provider.AcquireInTransactionAsync(transaction, key, TimeSpan.FromSeconds(1), cancellationToken);
        await first.FenceAsync(transaction, cancellationToken);
        try
        {
            fourth?.Dispose();
            return (slot, first.FencingToken, first.LostToken, first.Key, first.Slot);
        }
        catch (LockTimeoutException timeout)
        {
            return (timeout.Key, timeout.Slot, timeout.Waited, timeout.Holder?.Instance, timeout.Holder?.Key, timeout.Holder?.Age);
        }
        catch (LeaseLostException failure)
        {
            return (failure.Reason, failure.Key, failure.IsTransient);
        }
        catch (LockOrderException order)
        {
            return (order.HeldKey, order.HeldSlot, order.WantedKey, order.WantedSlot);
        }
    }
}
