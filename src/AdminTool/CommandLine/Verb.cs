using System.CommandLine;
using PgLocks.AdminTool.Connecting;

namespace PgLocks.AdminTool.CommandLine;

/// <summary>One verb: what it is called, an example, and what it does.</summary>
internal abstract class Verb : Command, IHasExamples
{
    protected Verb(CommonOptions common, string name, string description, params string[] examples)
        : base(name, description)
    {
        Examples = examples;
        SetAction((parsed, cancellationToken) => GuardedAsync(new Invocation(parsed, common), cancellationToken));
    }

    public IReadOnlyList<string> Examples { get; }

    /// <summary>Does it; returns the exit code.</summary>
    protected abstract Task<int> RunAsync(Invocation call, CancellationToken cancellationToken);

    private async Task<int> GuardedAsync(Invocation call, CancellationToken cancellationToken)
    {
        try
        {
            return await RunAsync(call, cancellationToken);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            return call.Fail(new ToolException(ExitCode.Interrupted, "interrupted", "Interrupted.", "Run it again when you are ready."));
        }
        catch (Exception exception) when (ServerErrors.Translate(exception, call) is { } failure)
        {
            return call.Fail(failure);
        }
    }
}
