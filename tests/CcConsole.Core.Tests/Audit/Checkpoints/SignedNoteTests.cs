using System.Text;
using CcConsole.Core.Audit.Checkpoints;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CcConsole.Core.Tests.Audit.Checkpoints;

public sealed class SignedNoteTests : IDisposable
{
    private const string Name = "cc-agent/9f2c4a1b";
    private readonly SigningKey _key = SigningKey.Create(Name);

    public void Dispose() => _key.Dispose();

    [Fact]
    public void A_note_is_what_its_key_signed_and_reads_back_as_it_was_written()
    {
        var note = _key.Sign(new Checkpoint(Name, 41, MerkleHash.Empty));
        var text = note.Format();
        Assert.True(SignedNote.TryParse(text, out var read));
        Assert.Equal(text, read.Format());
        Assert.True(_key.Verifier.Verify(read));
        Assert.Equal($"{Name}\n41\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", read.Text);
        Assert.Equal(new Checkpoint(Name, 41, MerkleHash.Empty), Checkpoint.Parse(read.Text));
        Assert.StartsWith($"{read.Text}\n— {Name} ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_notes_of_the_format_s_own_page_are_read()
    {
        const string Poem =
            "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
            + "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";
        Assert.True(SignedNote.TryParse(Poem, out var poem));
        Assert.EndsWith("sole:\n\ned è subito sera.\n", poem.Text, StringComparison.Ordinal);
        Assert.Equal(("quasimodo.example/salvatore", 0x367ba04bu, 64), (poem.Signatures[0].KeyName, poem.Signatures[0].KeyId, poem.Signatures[0].Signature.Length));
        Assert.Equal(Poem, poem.Format());

        const string Sofa =
            "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
            + "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
        var checkpoint = Checkpoint.Parse(SignedNote.Parse(Sofa).Text);
        Assert.Equal(("example.com/behind-the-sofa", 20852163L), (checkpoint.Origin, checkpoint.Size));
    }

    [Fact]
    public void A_flipped_bit_anywhere_in_a_note_refuses_it()
    {
        var bytes = Encoding.UTF8.GetBytes(_key.Sign(new Checkpoint(Name, 1_000_000, MerkleHash.Empty)).Format());
        for (var at = 0; at < bytes.Length; at++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                bytes[at] ^= (byte)(1 << bit);
                Assert.False(SignedNote.TryParse(Encoding.UTF8.GetString(bytes), out var note) && _key.Verifier.Verify(note), $"byte {at}, bit {bit}");
                bytes[at] ^= (byte)(1 << bit);
            }
        }
    }

    [Fact]
    public void A_flipped_bit_anywhere_in_a_public_key_refuses_it_or_makes_it_another()
    {
        var note = _key.Sign(new Checkpoint(Name, 7, MerkleHash.Empty));
        var bytes = Encoding.UTF8.GetBytes(_key.Verifier.Text);
        for (var at = 0; at < bytes.Length; at++)
        {
            bytes[at] ^= 1;
            Assert.False(VerifierKey.TryParse(Encoding.UTF8.GetString(bytes), out var key) && key.Verify(note), $"byte {at}");
            bytes[at] ^= 1;
        }
        Assert.Equal(_key.Verifier, VerifierKey.Parse(Encoding.UTF8.GetString(bytes)));
    }

    [Fact]
    public void Signatures_of_others_are_not_looked_at_and_a_wrong_one_of_the_key_refuses_the_note()
    {
        using var other = SigningKey.Create(Name);
        var note = _key.Sign("text\n");
        var theirs = other.Sign("text\n").Signatures[0];
        Assert.True(_key.Verifier.Verify(note with { Signatures = [theirs, note.Signatures[0]] }));
        Assert.False(_key.Verifier.Verify(note with { Signatures = [theirs] }));
        Assert.False(_key.Verifier.Verify(note with { Signatures = [note.Signatures[0], note.Signatures[0] with { Signature = theirs.Signature }] }));
        Assert.False(_key.Verifier.Verify(note with { Signatures = [note.Signatures[0] with { KeyName = "other" }] }));
    }

    [Fact]
    public void A_key_that_was_exported_signs_what_its_public_half_verifies()
    {
        using var again = SigningKey.Import(Name, _key.Export());
        Assert.Equal(_key.Verifier, again.Verifier);
        Assert.True(_key.Verifier.Verify(again.Sign("text\n")));
        var bytes = _key.Export();
        Assert.NotEmpty(Assert.Throws<ProblemException>(() => SigningKey.Import(Name, bytes.AsSpan(0, bytes.Length - 1))).Hint);
        Assert.Throws<ProblemException>(() => SigningKey.Import(Name, [.. bytes, 0]));
        Assert.Throws<ProblemException>(() => SigningKey.Import(Name, []));
        using var larger = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP384);
        Assert.Throws<ProblemException>(() => SigningKey.Import(Name, larger.ExportPkcs8PrivateKey()));
    }

    [Fact]
    public void Texts_that_are_no_notes_are_refused()
    {
        var good = _key.Sign("text\n").Format();
        string[] bad =
        [
            "", "\n", "\n\n", "text\n", "text\n\n", "text\n\n\n", good[..^1], good + "\n", good + "x\n", good.Replace("— ", "- "), good.Replace("— ", "—"),
            good.Replace(Name, "a+b"), good.Replace(Name, "a b"), good.Replace("text", "te\rxt"), good.Replace("text", "te\ud800xt"),
            "text\n\n— name AAAA\n", string.Concat(good, string.Concat(Enumerable.Repeat(good[(good.IndexOf("\n\n", StringComparison.Ordinal) + 2)..], SignedNote.MaxSignatures))),
        ];
        Assert.All(bad, text => Assert.False(SignedNote.TryParse(text, out _), text));
        Assert.True(SignedNote.TryParse(good, out _));
        Assert.Throws<ProblemException>(() => SignedNote.Parse("text"));
        Assert.Throws<ArgumentException>(() => _key.Sign("no line feed"));
        Assert.Throws<ArgumentException>(() => SigningKey.Create("a name"));
    }

    [Theory]
    [InlineData("a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", true)]
    [InlineData("a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", true)]
    [InlineData("\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", false)]
    [InlineData("a\n01\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", false)]
    [InlineData("a\n+1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", false)]
    [InlineData("a\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", false)]
    [InlineData("a\n9223372036854775808\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", false)]
    [InlineData("a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n", false)]
    [InlineData("a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuA==\n", false)]
    [InlineData("a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", false)]
    [InlineData("a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nextension\n", false)]
    public void A_checkpoint_has_one_spelling(string text, bool good)
    {
        Assert.Equal(good, Checkpoint.TryParse(text, out var checkpoint));
        if (good)
            Assert.Equal(text, checkpoint!.Text);
        else
            Assert.Throws<ProblemException>(() => Checkpoint.Parse(text));
    }

    [Fact]
    public void Any_text_that_can_be_a_note_s_survives_its_spelling() => Prop.ForAll(
        ArbMap.Default.GeneratorFor<NonNull<string>>().Select(text => new string([.. text.Get.Where(c => c >= ' ' && !char.IsSurrogate(c) || c == '\n')]) + "\n").ToArbitrary(),
        text =>
        {
            var note = _key.Sign(text);
            Assert.True(SignedNote.TryParse(note.Format(), out var read));
            Assert.Equal(text, read.Text);
            Assert.True(_key.Verifier.Verify(read));
        }).QuickCheckThrowOnFailure();
}
