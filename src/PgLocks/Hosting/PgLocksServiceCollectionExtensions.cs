using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using PgLocks;
using PgLocks.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts PgLocks into a host.</summary>
public static class PgLocksServiceCollectionExtensions
{
    /// <summary>Adds a lock provider on the given database; its other options come from the configuration section <c>PgLocks</c>, if there is one.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="connectionString">An Npgsql connection string to a primary server.</param>
    public static IServiceCollection AddPgLocks(this IServiceCollection services, string connectionString) =>
        services.AddPgLocks(options => options.ConnectionString = connectionString);

    /// <summary>
    /// Adds <see cref="ILockProvider"/> and <see cref="PgLockProvider"/>, started with the host before its other services and drained after
    /// them, and the health check <c>pglocks</c>. Options come from the configuration section <c>PgLocks</c>, then from <paramref name="configure"/>;
    /// they are validated when the host starts. Calling it again only adds to the options.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets options; default: only the section counts.</param>
    public static IServiceCollection AddPgLocks(this IServiceCollection services, Action<PgLocksOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        OptionsBuilder<PgLocksOptions> options = services.AddOptions<PgLocksOptions>().BindConfiguration("PgLocks");
        if (configure is not null)
            options.Configure(configure);
        if (services.Any(service => service.ServiceType == typeof(HostedLockProvider)))
            return services;
        options.ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PgLocksOptions>, PgLocksOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<HostedLockProvider>();
        services.TryAddSingleton<ILockProvider>(provider => provider.GetRequiredService<HostedLockProvider>());
        services.TryAddSingleton(provider => provider.GetRequiredService<HostedLockProvider>().Started);
        services.AddHostedService<PgLocksService>();
        services.AddHealthChecks().AddCheck<PgLocksHealthCheck>("pglocks");
        return services;
    }
}
