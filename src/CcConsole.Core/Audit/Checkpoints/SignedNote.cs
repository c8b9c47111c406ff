using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace CcConsole.Core.Audit.Checkpoints;

/// <summary>A text and signatures of it, in the format of c2sp.org/signed-note.</summary>
/// <param name="Text">The signed text; ends with a line feed.</param>
/// <param name="Signatures">At least one.</param>
public sealed record SignedNote(string Text, IReadOnlyList<NoteSignature> Signatures)
{
    /// <summary>As many signatures as a note may have.</summary>
    public const int MaxSignatures = 16;

    /// <summary>Longest note in characters; a checkpoint's takes some 300.</summary>
    public const int MaxLength = 16 * 1024;

    private const string SignatureStart = "— ";

    /// <summary>Reads a note. Refused is also what no signer writes: other base64 than the one spelling of its bytes.</summary>
    public static bool TryParse(string? note, [NotNullWhen(true)] out SignedNote? parsed)
    {
        parsed = null;
        if (note is null || note.Length > MaxLength || !note.EndsWith('\n') || !IsPlain(note))
            return false;
        // The last empty line parts text and signatures: the text may hold others.
        var blank = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (blank < 0 || blank + 2 == note.Length)
            return false;
        List<NoteSignature> signatures = [];
        foreach (var line in note[(blank + 2)..^1].Split('\n'))
        {
            if (signatures.Count == MaxSignatures || !TrySignature(line, out var signature))
                return false;
            signatures.Add(signature);
        }
        parsed = new SignedNote(note[..(blank + 1)], signatures);
        return true;
    }

    /// <summary>Reads a note.</summary>
    /// <exception cref="ProblemException">It is none.</exception>
    public static SignedNote Parse(string note) => TryParse(note, out var parsed)
        ? parsed
        : throw new ProblemException("this is no signed note: a text, an empty line, and lines of signatures", "give the whole text of the entry's note, its last line feed included");

    /// <summary>The note as it is written.</summary>
    public string Format()
    {
        var note = new StringBuilder(Text).Append('\n');
        Span<byte> id = stackalloc byte[4];
        foreach (var signature in Signatures)
        {
            BinaryPrimitives.WriteUInt32BigEndian(id, signature.KeyId);
            note.Append(SignatureStart).Append(signature.KeyName).Append(' ').Append(Convert.ToBase64String([.. id, .. signature.Signature.Span])).Append('\n');
        }
        return note.ToString();
    }

    /// <summary>Whether a text can be the name of a key: not empty, no white space, no plus sign, nothing that is no character.</summary>
    internal static bool IsKeyName(string name) => name.Length > 0 && IsPlain(name) && !name.AsSpan().ContainsAny('+', '\n') && !name.Any(char.IsWhiteSpace);

    private static bool TrySignature(string line, [NotNullWhen(true)] out NoteSignature? signature)
    {
        signature = null;
        if (!line.StartsWith(SignatureStart, StringComparison.Ordinal) || line[SignatureStart.Length..].Split(' ') is not [var name, var text]
            || !IsKeyName(name) || !Base64Text.TryDecode(text, out var bytes) || bytes.Length <= 4)
            return false;
        signature = new NoteSignature(name, BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes.AsMemory(4));
        return true;
    }

    /// <summary>Whether it is text that UTF-8 can hold, without control characters but the line feed.</summary>
    internal static bool IsPlain(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] < ' ' && text[i] != '\n')
                return false;
            if (char.IsSurrogate(text[i]))
            {
                if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                    return false;
                i++;
            }
        }
        return true;
    }
}
