namespace PgLocks.IntegrationTests.AdminTool;

/// <summary>A temporary file.</summary>
internal sealed class TextFile : IAsyncDisposable
{
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"pglocks-{Guid.NewGuid():N}.txt");

    public static async Task<TextFile> WriteAsync(string text)
    {
        var file = new TextFile();
        await File.WriteAllTextAsync(file.Path, text, TestContext.Current.CancellationToken);
        return file;
    }

    public ValueTask DisposeAsync()
    {
        File.Delete(Path);
        return ValueTask.CompletedTask;
    }
}
