using System.Globalization;
using System.Text;
using Xunit;

namespace EndToEnd.Audit.Cases;

public sealed class FlippedByteCases
{
    private const int Entries = 50, AtOnce = 2000;

    /// <summary>A file for each byte, many files a call: each is verified by the published binary from its first byte to its last.</summary>
    [Fact]
    public async Task Case_01_every_byte_flipped_is_caught_at_its_entry_as_HASH_or_NONCANONICAL_or_TORN()
    {
        byte[] chain = Encoding.ASCII.GetBytes(string.Concat(CaseChain.Write(Entries).Select(line => line + "\n")));
        Assert.Equal(Entries, chain.Count(b => b == '\n'));
        Dictionary<string, int> verdicts = [];
        long line = 1;
        for (int start = 0; start < chain.Length; start += AtOnce)
        {
            using var folder = new CaseFolder();
            int count = Math.Min(AtOnce, chain.Length - start);
            List<string> files = [];
            for (int i = start; i < start + count; i++)
            {
                byte[] flipped = [.. chain];
                flipped[i] ^= 1;
                files.Add(folder.Put(i.ToString(CultureInfo.InvariantCulture), flipped));
            }
            Task<IReadOnlyList<PythonAnswer>> asked = PythonAnswer.OfAsync(folder.Folder, files);
            (int code, IReadOnlyList<CaseFinding> findings) = await folder.VerifyAsync(files);
            IReadOnlyList<PythonAnswer> python = await asked;

            Assert.Equal(1, code);
            Assert.Equal(files, findings.Select(found => found.File));
            for (int i = 0; i < count; i++)
            {
                CaseFinding found = findings[i];
                Assert.True(CaseFolder.CodeOf(found.Verdict) != 0 && found.FirstBad == line, $"byte {start + i} of line {line}: {found.Json}");
                // Only the last line can be taken for what a crash leaves.
                Assert.True(found.Verdict != "TORN" || line == Entries, $"{found.Json}");
                Assert.Equal(new PythonAnswer(false, line, python[i].Head), python[i]);
                verdicts[found.Verdict] = verdicts.GetValueOrDefault(found.Verdict) + 1;
                if (chain[start + i] == '\n') line++;
            }
        }
        Assert.Equal(Entries + 1, line);
        Assert.All((string[])["HASH", "NONCANONICAL", "TORN"], verdict => Assert.True(verdicts.GetValueOrDefault(verdict) > 0, verdict));
    }
}
