using System.Globalization;

namespace PgLocks;

/// <summary>Who held a lock when a wait for it ended, as far as known.</summary>
/// <param name="Instance">The holder's <c>application@host (pid n)</c>, or the application name of a session that is no PgLocks instance.</param>
/// <param name="Key">The key it holds; <see langword="null"/> when only its slot is known.</param>
/// <param name="Age">For how long; <see langword="null"/> when not known.</param>
public sealed record LockHolder(string Instance, PositionKey? Key, TimeSpan? Age)
{
    /// <summary>For messages: <c>held for 12.3 s by orders@host-2 (pid 4711)</c>.</summary>
    public override string ToString()
    {
        string age = Age is { } known ? string.Create(CultureInfo.InvariantCulture, $" for {known.TotalSeconds:0.0##} s") : "";
        string key = Key is { } other ? $" with key '{other}'" : "";
        return $"held{age} by {Instance}{key}";
    }
}
