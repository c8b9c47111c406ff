using System.Collections;
using System.Security.Cryptography;
using CcConsole.Core.Audit.Checkpoints;
using Xunit;

namespace CcConsole.Core.Tests.Audit.Checkpoints;

public sealed class AnnouncedKeysTests
{
    private const string Text = "a text\n";

    [Fact]
    public void A_key_that_is_announced_again_and_again_is_kept_and_tried_once()
    {
        using var key = SigningKey.Create("k");
        using var other = SigningKey.Create("k");
        var keys = new AnnouncedKeys();
        for (var i = 0; i < 1000; i++)
        {
            keys.Add(key.Verifier);
            keys.Add(other.Verifier);
        }
        Assert.Equal(2, keys.Count);

        var wrong = new Lines(Enumerable.Repeat(new NoteSignature("k", key.Verifier.Id, new byte[70]), SignedNote.MaxSignatures));
        Assert.False(keys.Signed(new SignedNote(Text, wrong)));
        Assert.Equal(1, wrong.Tried);
        Assert.True(keys.Signed(key.Sign(Text)));
        Assert.True(keys.Signed(other.Sign(Text)));
    }

    [Fact]
    public void Of_keys_with_one_id_no_more_are_tried_than_chance_can_make()
    {
        using var key = SigningKey.Create("k");
        var keys = new AnnouncedKeys();
        keys.Add(key.Verifier);
        for (var i = 0; i < 1000; i++)
            keys.Add(key.Verifier.Id, RandomNumberGenerator.GetBytes(VerifierKey.PointBytes));
        Assert.Equal(AnnouncedKeys.MostOfOneId, keys.Count);

        var wrong = new Lines([new NoteSignature("k", key.Verifier.Id, new byte[70])]);
        Assert.False(keys.Signed(new SignedNote(Text, wrong)));
        Assert.Equal(AnnouncedKeys.MostOfOneId, wrong.Tried);
        Assert.True(keys.Signed(key.Sign(Text)));
    }

    /// <summary>Signature lines that count how many keys went through them.</summary>
    private sealed class Lines(IEnumerable<NoteSignature> lines) : IReadOnlyList<NoteSignature>
    {
        private readonly NoteSignature[] _lines = [.. lines];

        public int Tried { get; private set; }

        public int Count => _lines.Length;

        public NoteSignature this[int index] => _lines[index];

        public IEnumerator<NoteSignature> GetEnumerator()
        {
            Tried++;
            return _lines.AsEnumerable().GetEnumerator();
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
