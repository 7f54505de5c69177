using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PgLocks.AdminTool.Demo;
using PgLocks.Migrations;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Pitfalls;

/// <summary>A server with a certificate that only one of two authorities vouches for.</summary>
public sealed class TlsTests
{
    [Fact]
    [Trait("Pitfall", "28: Prefer and Require trust anybody")]
    public async Task StartAsync_CertificateOfAStranger_PassesWithRequireAndIsRefusedWithVerifyFull()
    {
        await using var folder = await TemporaryFolder.CreateAsync("pglocks");
        var stranger = Path.Combine(Path.GetTempPath(), $"pglocks-stranger-{Guid.NewGuid():N}.pem");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificate = SelfSigned(key);
        await PutAsync(folder, "server.key", key.ExportPkcs8PrivateKeyPem());
        await PutAsync(folder, "server.crt", certificate);
        var options = TestServerOptions.ForBinariesFound();
        var settings = new Dictionary<string, string>(options.Settings) { ["ssl"] = "on", ["ssl_cert_file"] = folder["server.crt"], ["ssl_key_file"] = folder["server.key"] };
        await using var server = await LocalServer.StartAsync(options with { Settings = settings });
        await new SchemaMigrator(server.ConnectionString).MigrateUpAsync(cancellationToken: TestContext.Current.CancellationToken);
        var trusted = stranger + ".trusted";
        try
        {
            using var otherKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            await File.WriteAllTextAsync(stranger, SelfSigned(otherKey), TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(trusted, certificate, TestContext.Current.CancellationToken);

            await using (await StartAsync(server, "SSL Mode=Require"))
            await using (await StartAsync(server, $"SSL Mode=VerifyFull;Root Certificate={trusted}"))
            {
            }
            var refused = await Assert.ThrowsAnyAsync<PgLockException>(async () => await StartAsync(server, $"SSL Mode=VerifyFull;Root Certificate={stranger}"));

            Assert.Contains("certificate", refused.Message, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(server.Password, refused.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(stranger);
            File.Delete(trusted);
        }
    }

    private static ValueTask<PgLockProvider> StartAsync(LocalServer server, string tls) =>
        PgLockProvider.StartAsync($"{server.ConnectionString};{tls}", TestContext.Current.CancellationToken);

    private static string SelfSigned(ECDsa key)
    {
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return certificate.ExportCertificatePem();
    }

    /// <summary>As a file of the user that the server runs as: the server takes no key of anybody else.</summary>
    private static async Task PutAsync(TemporaryFolder folder, string name, string text)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, text);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            await GuardedProcess.RunAsync(folder, ["install", "-m", "600", file, folder[name]]);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
