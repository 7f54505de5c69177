namespace PgLocks.Backends.Holds;

/// <summary>What backends say whose locks no transaction can be tied to.</summary>
internal static class Unfenced
{
    internal static ValueTask Refuse(string backend, string why) => ValueTask.FromException(new NotSupportedException(
        $"FenceAsync does not hold with {backend}: {why}. Store FencingToken with what you write and refuse smaller ones there, or use PgLockProvider."));
}
