using PgLocks.AdminTool.Demo;

namespace PgLocks.Tests.AdminTool.Demo;

public sealed class PostgresBinariesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pglocks-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Constructor_FolderWithoutAServer_NamesTheVariableToSet()
    {
        var missing = Assert.Throws<LocalServerException>(() => new PostgresBinaries(_folder.FullName));

        Assert.Equal(
            $"'{_folder.FullName}' does not hold initdb and postgres. Point PGLOCKS_PG_BIN at the bin folder of a PostgreSQL server.", missing.Message);
    }

    [Fact]
    public void Constructor_FolderOfLinks_ResolvesToWhereTheOtherProgramsAre()
    {
        var real = _folder.CreateSubdirectory("15/bin");
        var links = _folder.CreateSubdirectory("links");
        foreach (var program in new[] { "initdb", "postgres" })
        {
            File.WriteAllText(Path.Combine(real.FullName, program), "");
            File.CreateSymbolicLink(Path.Combine(links.FullName, program), Path.Combine(real.FullName, program));
        }

        var binaries = new PostgresBinaries(links.FullName);

        Assert.Equal(Path.Combine(real.FullName, "pg_basebackup"), binaries["pg_basebackup"]);
    }
}
