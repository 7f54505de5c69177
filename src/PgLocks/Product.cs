using System.Reflection;

namespace PgLocks;

/// <summary>How this build names itself to servers, meters and traces.</summary>
internal static class Product
{
    internal const string Name = "PgLocks";

    internal static string Version { get; } =
        typeof(Product).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
