using System.Threading.Channels;

namespace PgLocks.AdminTool.CommandLine;

/// <summary>The keys that somebody presses, one by one, without an echo.</summary>
internal static class Keyboard
{
    /// <summary>Whether there is one.</summary>
    public static bool IsThere(Streams streams) => ReferenceEquals(streams.In, Console.In) && !Console.IsInputRedirected;

    /// <summary>Reads on a thread of its own, because reading a terminal cannot be cancelled; the thread ends with the process.</summary>
    public static void ReadInto<T>(ChannelWriter<T> channel, Func<ConsoleKeyInfo, T> wrap)
    {
        var thread = new Thread(() =>
        {
            try
            {
                while (channel.TryWrite(wrap(Console.ReadKey(intercept: true))))
                {
                }
            }
            catch (InvalidOperationException)
            {
                // The terminal is gone.
            }
        }) { IsBackground = true, Name = "keyboard" };
        thread.Start();
    }
}
