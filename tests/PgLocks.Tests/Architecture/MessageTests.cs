using System.Reflection;
using Microsoft.Extensions.Logging;
using PgLocks.TestKit;

namespace PgLocks.Tests.Architecture;

/// <summary>Every log message has an id and a level of its own in docs/observability.md, and the document names no other.</summary>
public sealed class MessageTests
{
    [Fact]
    public void Messages_IdsAndLevels_AreThoseOfTheDocument()
    {
        var messages = typeof(Messages).GetMethods(BindingFlags.NonPublic | BindingFlags.Static)
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>()
            .Select(message => $"| {message.EventId} | {message.Level.ToString().ToLowerInvariant()} |").Order();
        var documented = File.ReadLines(Path.Combine(SolutionPaths.Root, "docs", "observability.md"))
            .Where(line => line.Length > 2 && line.StartsWith("| ", StringComparison.Ordinal) && char.IsDigit(line[2]))
            .Select(line => string.Join('|', line.Split('|')[..3]) + "|").Order();

        Assert.Equal(messages, documented);
    }
}
