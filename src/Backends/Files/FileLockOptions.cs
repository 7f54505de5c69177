namespace PgLocks.Backends;

/// <summary>How a <see cref="FileLockProvider"/> behaves.</summary>
public sealed class FileLockOptions : BackendOptions
{
    /// <summary>Where the lock files are; created if missing. All processes must name the same folder, on a disk of this machine.</summary>
    /// <value>Required.</value>
    public string Folder { get; set; } = "";

    internal override string Place => $"files {Path.GetFullPath(Folder)} on {Environment.MachineName}";

    internal override IEnumerable<string> Problems()
    {
        foreach (string problem in base.Problems())
            yield return problem;
        if (string.IsNullOrWhiteSpace(Folder))
            yield return "Folder is empty. Name one that all processes can write, such as '/var/lib/orders/locks'.";
    }
}
