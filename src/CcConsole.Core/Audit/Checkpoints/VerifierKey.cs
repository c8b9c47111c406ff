using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CcConsole.Core.Audit.Checkpoints;

/// <summary>
/// The public half of a key that signs checkpoints, as c2sp.org/signed-note spells it: <c>name+id+base64</c> of the byte 0x02 (ECDSA) and
/// the key as SubjectPublicKeyInfo in DER. Only the curve P-256. Instances are equal when their texts are, and safe to share between threads.
/// </summary>
public sealed class VerifierKey : IEquatable<VerifierKey>
{
    /// <summary>Type byte of ECDSA with SHA-256.</summary>
    internal const byte Ecdsa = 2;

    /// <summary>A key's two coordinates.</summary>
    internal const int PointBytes = 2 * CoordinateBytes;

    private const int CoordinateBytes = 32;
    private readonly byte[] _info;

    private VerifierKey(string name, byte[] info)
    {
        Name = name;
        _info = info;
        // For this type the id is of the key alone: its name is not hashed.
        Span<byte> hash = stackalloc byte[Hash32.Size];
        Sha256.Hash(info).CopyTo(hash);
        Id = BinaryPrimitives.ReadUInt32BigEndian(hash);
        Text = string.Create(CultureInfo.InvariantCulture, $"{name}+{Id:x8}+{Convert.ToBase64String([Ecdsa, .. info])}");
    }

    /// <summary>SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING { uncompressed point of 64 bytes follows } } (RFC 5480).</summary>
    private static ReadOnlySpan<byte> InfoStart =>
    [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
        0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
    ];

    /// <summary>The key's name.</summary>
    public string Name { get; }

    /// <summary>The first 4 bytes of the SHA-256 of <see cref="SubjectPublicKeyInfo"/>.</summary>
    public uint Id { get; }

    /// <summary>The key as it stands in an entry's <c>vkey</c>.</summary>
    public string Text { get; }

    /// <summary>The public key in DER, as <c>openssl pkey -pubin -inform DER</c> reads it.</summary>
    public ReadOnlyMemory<byte> SubjectPublicKeyInfo => _info;

    /// <summary>The key itself, without what is the same in all.</summary>
    internal ReadOnlySpan<byte> Point => _info.AsSpan(InfoStart.Length);

    /// <summary>Reads a key; one with another id than its own is refused.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out VerifierKey? key)
    {
        key = null;
        // The base64 may hold a plus sign: only the first two part.
        if (text is null || text.Length > SignedNote.MaxLength || text.Split('+', 3) is not [var name, _, var encoded]
            || !SignedNote.IsKeyName(name) || !Base64Text.TryDecode(encoded, out var bytes)
            || bytes is not [Ecdsa, .. var info] || !IsInfo(info))
            return false;
        key = new VerifierKey(name, info);
        if (key.Text == text)
            return true;
        key = null;
        return false;
    }

    /// <summary>Reads a key.</summary>
    /// <exception cref="ProblemException">It is none, or none of this type.</exception>
    public static VerifierKey Parse(string text) => TryParse(text, out var key)
        ? key
        : throw new ProblemException("this is no public key of a chain: name, id and an ECDSA key of the curve P-256, with plus signs between", "take it from the entry's vkey as it stands there");

    /// <summary>Whether a note carries a signature of its text by this key; signatures of other keys are not looked at.</summary>
    public bool Verify(SignedNote note)
    {
        ArgumentNullException.ThrowIfNull(note);
        var found = false;
        foreach (var signature in note.Signatures)
        {
            if (!IsBy(signature))
                continue;
            if (!Verify(note.Text, signature.Signature.Span))
                return false;
            found = true;
        }
        return found;
    }

    /// <summary>Whether a signature line says that it is by this key.</summary>
    public bool IsBy(NoteSignature signature)
    {
        ArgumentNullException.ThrowIfNull(signature);
        return signature.KeyId == Id && signature.KeyName == Name;
    }

    /// <summary>Whether a signature is one of the text by this key.</summary>
    /// <param name="text">The signed text.</param>
    /// <param name="signature">In DER.</param>
    /// <exception cref="ProblemException">The system has no OpenSSL: what is not checked is neither good nor bad.</exception>
    public bool Verify(string text, ReadOnlySpan<byte> signature)
    {
        SystemCryptography.Require();
        Span<byte> hash = stackalloc byte[Hash32.Size];
        Sha256.Hash(Encoding.UTF8.GetBytes(text)).CopyTo(hash);
        var point = Point;
        try
        {
            using var ecdsa = ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = point[..CoordinateBytes].ToArray(), Y = point[CoordinateBytes..].ToArray() },
            });
            return ecdsa.VerifyHash(hash, signature, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            // The bytes are no point of the curve: nothing can be signed by that.
            return false;
        }
    }

    /// <inheritdoc/>
    public bool Equals(VerifierKey? other) => other is not null && Text == other.Text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as VerifierKey);

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Text;

    internal static VerifierKey Of(string name, byte[] info) => SignedNote.IsKeyName(name) && IsInfo(info)
        ? new VerifierKey(name, info)
        : throw new ArgumentException("not the name of a key, or no key of the curve P-256", nameof(name));

    internal static VerifierKey OfPoint(string name, ReadOnlySpan<byte> point) => Of(name, [.. InfoStart, .. point]);

    private static bool IsInfo(ReadOnlySpan<byte> info) => info.Length == InfoStart.Length + PointBytes && info.StartsWith(InfoStart);
}
