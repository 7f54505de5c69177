using System.Runtime.CompilerServices;
using Npgsql;

namespace PgLocks.IntegrationTests.Backends;

/// <summary>For those who must refuse a transaction without a look at it.</summary>
internal static class FakeTransaction
{
    internal static NpgsqlTransaction Any { get; } = (NpgsqlTransaction)RuntimeHelpers.GetUninitializedObject(typeof(NpgsqlTransaction));
}
