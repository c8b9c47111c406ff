using System.Diagnostics;
using CcConsole.Core.Audit.Checkpoints;
using Xunit;

namespace CcConsole.Core.Tests.Audit.Checkpoints;

/// <summary>What anyone can check with OpenSSL's command alone, and the same in the other direction.</summary>
public sealed class OpensslTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Openssl_verifies_a_note_of_ours_and_refuses_it_with_another_text()
    {
        using var key = SigningKey.Create("cc-agent/9f2c");
        var note = key.Sign(new Checkpoint("cc-agent/9f2c", 1000, MerkleHash.Empty));
        File.WriteAllText(File_("text"), note.Text);
        File.WriteAllText(File_("other"), note.Text.Replace("1000", "1001", StringComparison.Ordinal));
        File.WriteAllBytes(File_("signature"), note.Signatures[0].Signature.ToArray());
        File.WriteAllBytes(File_("key.der"), key.Verifier.SubjectPublicKeyInfo.ToArray());
        Assert.Equal(0, Openssl("pkey", "-pubin", "-inform", "DER", "-in", File_("key.der"), "-out", File_("key.pem")).Code);
        Assert.Equal((0, "Verified OK\n"), Openssl("dgst", "-sha256", "-verify", File_("key.pem"), "-signature", File_("signature"), File_("text")));
        Assert.NotEqual(0, Openssl("dgst", "-sha256", "-verify", File_("key.pem"), "-signature", File_("signature"), File_("other")).Code);
        // The id is of the key's DER, as the format's page says for this type.
        Assert.Contains($"= {key.Verifier.Id:x8}", Openssl("dgst", "-sha256", File_("key.der")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_and_a_signature_of_openssl_are_good_here()
    {
        Assert.Equal(0, Openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-outform", "DER", "-out", File_("sec1.der")).Code);
        Assert.Equal(0, Openssl("pkcs8", "-topk8", "-nocrypt", "-inform", "DER", "-in", File_("sec1.der"), "-outform", "DER", "-out", File_("key.der")).Code);
        Assert.Equal(0, Openssl("pkey", "-inform", "DER", "-in", File_("key.der"), "-out", File_("key.pem")).Code);
        File.WriteAllText(File_("text"), "cc-agent/9f2c\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
        Assert.Equal(0, Openssl("dgst", "-sha256", "-sign", File_("key.pem"), "-out", File_("signature"), File_("text")).Code);

        using var key = SigningKey.Import("cc-agent/9f2c", File.ReadAllBytes(File_("key.der")));
        Assert.True(key.Verifier.Verify(File.ReadAllText(File_("text")), File.ReadAllBytes(File_("signature"))));
        Assert.False(key.Verifier.Verify("other\n", File.ReadAllBytes(File_("signature"))));
    }

    private string File_(string name) => Path.Combine(_folder.Path, name);

    private static (int Code, string Output) Openssl(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("openssl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _ = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
