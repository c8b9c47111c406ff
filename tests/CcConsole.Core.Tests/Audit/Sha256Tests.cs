using System.Security.Cryptography;
using System.Text;
using CcConsole.Core.Audit;
using Xunit;

namespace CcConsole.Core.Tests.Audit;

public sealed class Sha256Tests
{
    /// <summary>FIPS 180-4 examples, as NIST publishes them.</summary>
    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    [InlineData(
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1")]
    public void The_published_examples_hold(string message, string hash) =>
        Assert.Equal(Hash32.Parse(hash), Sha256.Hash(Encoding.ASCII.GetBytes(message)));

    [Fact]
    public void A_million_times_the_letter_a_holds()
    {
        var message = new byte[1_000_000];
        message.AsSpan().Fill((byte)'a');
        Assert.Equal("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", Sha256.Hash(message).ToString());
    }

    [Fact]
    public void Every_length_up_to_300_agrees_with_the_base_class_library()
    {
        var random = new Random(1);
        var message = new byte[300];
        for (var length = 0; length <= 300; length++)
        {
            random.NextBytes(message);
            Assert.Equal(new Hash32(SHA256.HashData(message.AsSpan(0, length))), Sha256.Hash(message.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Any_chunking_gives_the_same_hash()
    {
        var random = new Random(2);
        var hasher = new Sha256();
        for (var i = 0; i < 500; i++)
        {
            var message = new byte[random.Next(1000)];
            random.NextBytes(message);
            var rest = message.AsSpan();
            while (!rest.IsEmpty)
            {
                var take = Math.Min(rest.Length, random.Next(random.Next(200) + 1));
                hasher.Append(rest[..take]);
                rest = rest[take..];
            }
            Assert.Equal(new Hash32(SHA256.HashData(message)), hasher.Finish());
        }
    }

    [Fact]
    public void A_hash_is_read_from_and_written_as_64_lower_case_digits()
    {
        var hash = Sha256.Hash("abc"u8);
        Assert.Equal(hash, Hash32.Parse(hash.ToString()));
        Assert.Equal($"{hash}", Convert.ToHexStringLower(SHA256.HashData("abc"u8)));
        Assert.Equal(new string('0', 64), default(Hash32).ToString());

        var text = hash.ToString().ToCharArray();
        for (var i = 0; i < text.Length; i++)
        {
            foreach (var wrong in "/:@ABFG`g \0\u00ff\u0130")
            {
                var changed = (char[])text.Clone();
                changed[i] = wrong;
                Assert.False(Hash32.TryParse(changed, out _));
            }
        }
        Assert.False(Hash32.TryParse(text.AsSpan(1), out _));
        Assert.Throws<FormatException>(() => Hash32.Parse("abc"));
        Assert.Throws<ArgumentException>(() => new Hash32(new byte[31]));
    }
}
