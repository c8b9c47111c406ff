using CcAgent.Journal;
using CcAgent.Tests.Harness;
using CcConsole.Core.Audit;
using Xunit;

namespace CcAgent.Tests.Journal;

public class HeadFileTests
{
    private static CcAgent.Journal.ChainHead Head(long seq) => new("c0ffee", seq, Sha256.Hash([(byte)seq]), 0, seq * 100, seq / 2);

    [Fact]
    public void The_last_head_written_is_read_back()
    {
        using var folder = new SecureFolder();
        var path = folder.Path + "/head";
        for (var start = 0; start < 3; start++)
        {
            using var file = HeadFile.Open(path, out var found);
            Assert.Equal(start == 0 ? null : Head((start * 3) - 1), found);
            for (var i = 0; i < 3; i++)
                file.Write(Head((start * 3) + i), sync: true);
        }

        Assert.Equal(Head(8), HeadFile.Read(path));
        Assert.Equal(1024, new FileInfo(path).Length);
    }

    [Fact]
    public void Whatever_happens_to_the_place_that_is_being_written_the_other_one_stands()
    {
        using var folder = new SecureFolder();
        var path = folder.Path + "/head";
        using (var file = HeadFile.Open(path, out _))
        {
            file.Write(Head(1), sync: true);
            file.Write(Head(2), sync: true);
        }

        var good = File.ReadAllBytes(path);
        for (var cut = 0; cut < 512; cut++)
        {
            var bytes = good.ToArray();
            bytes.AsSpan(512 + cut).Clear();
            File.WriteAllBytes(path, bytes);
            var read = HeadFile.Read(path);
            Assert.True(read == Head(1) || (read == Head(2) && cut > 100), $"cut at {cut}: {read}");
        }
    }
}
