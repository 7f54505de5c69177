using System.Diagnostics;
using PgLocks.AdminTool.Demo;

namespace PgLocks.TestKit;

/// <summary>A real terminal of a fixed size with a shell in it, by way of a tmux server of its own. Disposing ends it and all that runs in it.</summary>
public sealed class Terminal : IAsyncDisposable
{
    /// <summary>What the shell says when it waits for a line.</summary>
    public const string Prompt = "ready>";

    private readonly TemporaryFolder _folder;
    private readonly ChildProcess _server;

    private Terminal(TemporaryFolder folder, ChildProcess server)
    {
        _folder = folder;
        _server = server;
    }

    public static async Task<Terminal> StartAsync(int width, int height, params IEnumerable<KeyValuePair<string, string>> environment)
    {
        var folder = await TemporaryFolder.CreateAsync("pglocks");
        // In the foreground, so that it goes when it is told to; UTF-8, whatever the locale of the tests is.
        var terminal = new Terminal(folder, ChildProcess.Start(ExternalProgram.Find("tmux"), "-D", "-u", "-S", folder["tmux"], "-f", "/dev/null"));
        try
        {
            await Eventually.ThatAsync(() => File.Exists(folder["tmux"]), because: "tmux listens");
            await terminal.AskAsync(
                ["new-session", "-d", "-x", $"{width}", "-y", $"{height}", .. environment.SelectMany(pair => new[] { "-e", $"{pair.Key}={pair.Value}" }), "sh"]);
            await terminal.TypeAsync($"PS1='{Prompt}'; clear");
            await terminal.WaitForAsync(screen => screen is [Prompt], "the shell is ready");
            return terminal;
        }
        catch
        {
            await terminal.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs the admin tool that was built with the tests.</summary>
    public Task RunToolAsync(string arguments) =>
        TypeAsync($"'{Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet"}' '{SolutionPaths.Built("src/AdminTool/PgLocks.AdminTool.dll")}' {arguments}");

    /// <summary>Types a line to the shell.</summary>
    public async Task TypeAsync(string line)
    {
        await AskAsync("send-keys", "-l", line);
        await PressAsync("Enter");
    }

    /// <summary>Presses keys, by tmux's names: "q", "Enter", "Escape", "C-c", "Down".</summary>
    public Task PressAsync(params IEnumerable<string> keys) => AskAsync(["send-keys", .. keys]);

    public Task ResizeAsync(int width, int height) => AskAsync("resize-window", "-x", $"{width}", "-y", $"{height}");

    /// <summary>What stands on it, line by line; with its escape sequences for colours, if they are asked for.</summary>
    public async Task<string[]> ScreenAsync(bool withColours = false) =>
        (await AskAsync(["capture-pane", "-p", .. withColours ? new[] { "-e" } : []])).TrimEnd('\n').Split('\n');

    /// <summary>The screen, as soon as a line of it has the text.</summary>
    public Task<string[]> WaitForAsync(string text) =>
        WaitForAsync(screen => screen.Any(line => line.Contains(text, StringComparison.Ordinal)), $"'{text}' stands on the screen");

    /// <summary>The screen, as soon as it fits and nothing is drawn on it at this moment.</summary>
    public async Task<string[]> WaitForAsync(Func<string[], bool> fits, string because)
    {
        string[] screen = [];
        try
        {
            await Eventually.ThatAsync(async () => fits(screen = await ScreenAsync()) && Enumerable.SequenceEqual(screen, await ScreenAsync()));
            return screen;
        }
        catch (TimeoutException expired)
        {
            throw new TimeoutException($"{expired.Message} {because}; the screen is:\n{string.Join('\n', screen)}", expired);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _folder.DisposeAsync();
    }

    private async Task<string> AskAsync(params string[] command)
    {
        using var asking = Process.Start(new ProcessStartInfo(ExternalProgram.Find("tmux"), ["-u", "-S", _folder["tmux"], .. command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = asking.StandardError.ReadToEndAsync();
        var answer = await asking.StandardOutput.ReadToEndAsync();
        await asking.WaitForExitAsync();
        return asking.ExitCode == 0 ? answer : throw new InvalidOperationException($"tmux {command[0]}: {await errors}");
    }
}
