using System.Globalization;
using System.Text;
using CcConsole.Core.Audit;
using Xunit;

namespace CcConsole.Core.Tests.Audit;

/// <summary>
/// Lines mutated by structure and by byte, half of them hashed anew as a forger would: whatever we accept Python accepts,
/// with the same head, and what we refuse though Python accepts it is refused for its spelling.
/// </summary>
public sealed class OracleFuzzTests
{
    private static readonly string[] Snippets =
    [
        "\"", "\\", "\\u0041", "\\ud83d", "\\ude80", "\\ud83d\\ude80", "\\n", ",", ", ", ":", ": ", " ", "\t", "\n", "{", "}", "[", "]", "0", "1", "-", "-0", ".5", ".50",
        "1.5", "1e5", "1e+16", "1e-05", "5e-324", "1E5", "0.0001", "123456789.123457", "9007199254740993", "12345678901234567890123", "true", "null", "NaN", "\u007f", "é",
        "\"a\": 1, ", "\"\": {}, ", "\"seq\": 1", "\"hash\": \"\"", "\"z\": [{\"b\": 1, \"a\": 2}], ", "\"\\ud83d\": 1, \"\\ud83d\\ude80\": 2, ", "\"\\uffff\": 1, ", "\"\\ud800\\udc00\": 0, ",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_we_accept_Python_accepts(int seed)
    {
        var random = new Random(seed);
        using var folder = new TempFolder();
        List<(string Path, VerifyResult Ours)> files = [];
        for (var i = 0; i < 1500; i++)
        {
            var bytes = Mutate(random);
            var path = Path.Combine(folder.Path, i.ToString(CultureInfo.InvariantCulture));
            await File.WriteAllBytesAsync(path, bytes);
            files.Add((path, ChainVerifierTests.Verify(bytes)));
        }
        var answers = await PythonVerifier.VerifyAsync(files.Select(f => f.Path));
        Assert.Equal(files.Count, answers.Length);

        var accepted = 0;
        for (var i = 0; i < answers.Length; i++)
        {
            var ours = files[i].Ours;
            var python = answers[i].Split(' ');
            var text = $"{answers[i]} {ours} {Encoding.Latin1.GetString(await File.ReadAllBytesAsync(files[i].Path))}";
            if (ours.Verdict.IsGood())
            {
                accepted++;
                Assert.True(python is ["OK", _, _] && long.Parse(python[1], CultureInfo.InvariantCulture) == ours.Entries && python[2] == $"{ours.Head ?? default}", text);
            }
            else if (python[0] == "OK")
            {
                // An entry of another chain is refused too; Python does not look.
                Assert.True(ours.Verdict == Verdict.NonCanonical || ours.Message.EndsWith("belongs to another chain", StringComparison.Ordinal), text);
            }
            else
            {
                // A refusal for the spelling may come before Python stumbles.
                var stumbled = long.Parse(python[1], CultureInfo.InvariantCulture) + 1;
                Assert.True(ours.FirstBad == stumbled || (ours.FirstBad < stumbled && (ours.Verdict == Verdict.NonCanonical || ours.Message.EndsWith("belongs to another chain", StringComparison.Ordinal))), text);
            }
        }
        // The fuzzing must reach both sides to mean anything.
        Assert.InRange(accepted, 100, 1400);
    }

    [Fact]
    public async Task Floats_are_spelled_as_Python_spells_them()
    {
        var random = new Random(5);
        List<double> values = [0, -0.0, 5e-324, double.MaxValue, 1e16, 1e15, 9999999999999998, 0.0001, 0.00001, 123456789012345680, 1.5, -2.5e-7, 1e22, 1e23];
        for (var i = -1074; i < 1024; i++)
            values.Add(Math.ScaleB(1, i));
        for (var i = 0; i < 20_000; i++)
        {
            values.Add(random.NextInt64(0, EntryEncoder.TimestampLimitMicros) / 1e6);
            values.Add(BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)));
            values.Add(Math.Round(random.NextDouble() * Math.Pow(10, random.Next(-8, 20)), random.Next(10)));
        }
        // 2^-25 and 2^-958 come out of the base class library one digit short of what reads back: those are refused.
        values.RemoveAll(v => !double.IsFinite(v) || double.Parse(v.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) != v);
        Assert.False(PythonFloat.IsCanonical("2.9802322387695312e-08"u8));
        var python = (await PythonVerifier.RunAsync(
            """
            import struct, sys
            for line in sys.stdin:
                print(repr(struct.unpack(">d", bytes.fromhex(line.strip()))[0]))
            """,
            string.Join('\n', values.Select(v => BitConverter.DoubleToInt64Bits(v).ToString("x16", CultureInfo.InvariantCulture))))).Split('\n');
        var spelled = new byte[32];
        for (var i = 0; i < values.Count; i++)
        {
            Assert.Equal(python[i], Encoding.ASCII.GetString(spelled, 0, PythonFloat.Spell(values[i], spelled)));
            Assert.True(PythonFloat.IsCanonical(Encoding.ASCII.GetBytes(python[i])), python[i]);
            // One zero more is another number after an exponent, and no longer the shortest spelling elsewhere.
            if (!python[i].Contains('e', StringComparison.Ordinal))
                Assert.False(PythonFloat.IsCanonical(Encoding.ASCII.GetBytes(python[i] + "0")), python[i]);
        }
    }

    private static byte[] Mutate(Random random)
    {
        var lines = Encoding.Latin1.GetString(AwkwardChain.Write(3, random.Next()).WrittenSpan).Split('\n')[..^1];
        var bad = random.Next(lines.Length);
        // Another writer keeps the members in another order.
        if (random.Next(3) == 0)
            lines[bad] = Reorder(lines[bad]);
        for (var i = random.Next(3); i > 0; i--)
        {
            var at = random.Next(lines[bad].Length);
            // Where a member could begin is where most is decided.
            if (random.Next(2) == 0)
                at = Math.Max(1, lines[bad].IndexOf('"', at));
            lines[bad] = random.Next(4) switch
            {
                0 => lines[bad].Remove(at, Math.Min(random.Next(1, 4), lines[bad].Length - at)),
                1 => lines[bad][..at] + (char)random.Next(256) + lines[bad][(at + 1)..],
                _ => lines[bad].Insert(at, Snippets[random.Next(Snippets.Length)]),
            };
        }
        if (random.Next(4) != 0)
            lines = Rehash(lines, bad);
        return Encoding.Latin1.GetBytes(string.Join('\n', lines) + (random.Next(10) == 0 ? "" : "\n"));
    }

    private static string Reorder(string line)
    {
        var hash = line.LastIndexOf(", \"hash\": ", StringComparison.Ordinal);
        return $"{{{line[(hash + 2)..^1]}, {line[1..hash]}}}";
    }

    /// <summary>Hashes the changed line and those after it as a forger would who looks at the bytes alone.</summary>
    private static string[] Rehash(string[] lines, int from)
    {
        for (var i = from; i < lines.Length; i++)
        {
            var hash = lines[i].LastIndexOf(", \"hash\": \"", StringComparison.Ordinal);
            if (hash < 0)
                return lines;
            var body = lines[i][..hash] + "}";
            var forged = Sha256.Hash(Encoding.Latin1.GetBytes(body)).ToString();
            lines[i] = $"{body[..^1]}, \"hash\": \"{forged}\"}}";
            var previous = i + 1 < lines.Length ? lines[i + 1].IndexOf("\"prev_hash\": \"", StringComparison.Ordinal) : -1;
            if (previous < 0)
                return lines;
            lines[i + 1] = lines[i + 1][..(previous + 14)] + forged + lines[i + 1][(previous + 14 + 64)..];
        }
        return lines;
    }
}
