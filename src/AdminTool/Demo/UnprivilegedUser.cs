using System.Diagnostics;

namespace PgLocks.AdminTool.Demo;

/// <summary>PostgreSQL refuses to run as root: how a command is run as somebody else then.</summary>
internal sealed class UnprivilegedUser
{
    private static readonly string[] Candidates = ["postgres", "nobody"];
    private static readonly Lazy<UnprivilegedUser> Found = new(Find);

    private readonly string[] _prefix;

    private UnprivilegedUser(string name, params string[] prefix)
    {
        Name = name;
        _prefix = prefix;
    }

    public static UnprivilegedUser Current => Found.Value;

    public string Name { get; }

    /// <summary>The command as this user would type it, or with the program in front that changes the user.</summary>
    public IEnumerable<string> CommandLine(IEnumerable<string> command) => _prefix.Concat(command);

    private static UnprivilegedUser Find()
    {
        if (!Environment.IsPrivilegedProcess)
            return new UnprivilegedUser(Environment.UserName);
        return Candidates.SelectMany(Ways).FirstOrDefault(way => way.Works())
            ?? throw new LocalServerException(
                $"PostgreSQL does not run as root, and changing to the user {string.Join(" or ", Candidates)} did not work "
                + "(tried setpriv, runuser and su). Run this as an ordinary user, or create one: 'useradd --system postgres'.");
    }

    private static IEnumerable<UnprivilegedUser> Ways(string user)
    {
        var entry = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).FirstOrDefault(fields => fields[0] == user && fields.Length > 3);
        if (entry is null)
            yield break;
        yield return new UnprivilegedUser(user, "setpriv", $"--reuid={entry[2]}", $"--regid={entry[3]}", "--clear-groups", "--");
        yield return new UnprivilegedUser(user, "runuser", "-u", user, "--");
        yield return new UnprivilegedUser(user, "su", "-s", "/bin/sh", user, "-c", "exec \"$0\" \"$@\"", "--");
    }

    private bool Works()
    {
        try
        {
            var command = CommandLine(["true"]).ToArray();
            var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/" };
            using var process = Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
