using Microsoft.Extensions.Options;

namespace PgLocks.Hosting;

/// <summary>Lets a host refuse to start with bad options, naming each.</summary>
internal sealed class PgLocksOptionsValidator : IValidateOptions<PgLocksOptions>
{
    public ValidateOptionsResult Validate(string? name, PgLocksOptions options)
    {
        string[] problems = [.. OptionRules.Problems(options)];
        return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
