using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Xunit;

namespace CcAgent.Tests.Harness;

/// <summary>
/// Checks a chain's checkpoints from the formats alone (RFC 6962, C2SP signed-note), with nothing of the agent's: each is signed by
/// the key in force, over the root of the lines before it, and announces the next key within what it signs.
/// </summary>
internal static class RatchetOracle
{
    /// <summary>How many checkpoints are good; fails at the first that is not.</summary>
    internal static async Task<int> CheckpointsAsync(string directory)
    {
        var shown = await AgentProgram.RunAsync("audit", "show", "--json", "--dir", directory);
        var lines = shown.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string? force = null, announced = null;
        var checkpoints = 0;
        for (var n = 0; n < lines.Length; n++)
        {
            using var entry = JsonDocument.Parse(lines[n]);
            switch (entry.RootElement.GetProperty("event").GetString())
            {
                case "audit.genesis":
                    force = entry.RootElement.TryGetProperty("vkey", out var first) ? first.GetString() : null;
                    break;
                case "audit.key_next" when force is null:
                    force = entry.RootElement.GetProperty("vkey").GetString();
                    break;
                case "audit.key_next":
                    announced = entry.RootElement.GetProperty("vkey").GetString();
                    break;
                case "audit.checkpoint":
                    Assert.NotNull(announced);
                    Check(entry.RootElement.GetProperty("note").GetString()!, force!, entry.RootElement.GetProperty("chain").GetString()!, lines.AsSpan(0, n));
                    (force, announced, checkpoints) = (announced, null, checkpoints + 1);
                    break;
            }
        }

        return checkpoints;
    }

    private static void Check(string note, string key, string chain, ReadOnlySpan<string> lines)
    {
        var text = note[..(note.IndexOf("\n\n", StringComparison.Ordinal) + 1)];
        var root = Convert.ToBase64String(Root(lines));
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"cc-agent/{chain}\n{lines.Length}\n{root}\n"), text);
        // — name base64(id || signature); the key is name+id+base64(type || public key).
        var signature = Convert.FromBase64String(note[(text.Length + 1)..].TrimEnd('\n').Split(' ')[2]);
        var parts = key.Split('+', 3);
        Assert.Equal(parts[1], Convert.ToHexStringLower(signature.AsSpan(0, 4)));
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportSubjectPublicKeyInfo(Convert.FromBase64String(parts[2]).AsSpan(1), out _);
        Assert.True(ecdsa.VerifyData(Encoding.UTF8.GetBytes(text), signature.AsSpan(4), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
    }

    private static byte[] Root(ReadOnlySpan<string> lines)
    {
        if (lines.Length == 1)
            return SHA256.HashData([0, .. Encoding.UTF8.GetBytes(lines[0])]);
        var split = 1;
        while (split * 2 < lines.Length)
            split *= 2;
        return SHA256.HashData([1, .. Root(lines[..split]), .. Root(lines[split..])]);
    }
}
