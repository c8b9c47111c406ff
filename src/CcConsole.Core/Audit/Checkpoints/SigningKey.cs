using System.Security.Cryptography;
using System.Text;

namespace CcConsole.Core.Audit.Checkpoints;

/// <summary>
/// A key that signs checkpoints: ECDSA on the curve P-256 with SHA-256. The secret half lies in the memory of the system's cryptographic library
/// until <see cref="Dispose"/>. Not safe for use by several threads at once.
/// </summary>
public sealed class SigningKey : IDisposable
{
    private readonly ECDsa _ecdsa;

    private SigningKey(string name, ECDsa ecdsa)
    {
        _ecdsa = ecdsa;
        Verifier = VerifierKey.Of(name, ecdsa.ExportSubjectPublicKeyInfo());
    }

    /// <summary>Its public half.</summary>
    public VerifierKey Verifier { get; }

    /// <summary>Makes a new key.</summary>
    /// <param name="name">Its name: <see cref="Checkpoint.OfHost"/>.</param>
    /// <exception cref="ProblemException">The system has no OpenSSL.</exception>
    public static SigningKey Create(string name)
    {
        SystemCryptography.Require();
        return Own(name, ECDsa.Create(ECCurve.NamedCurves.nistP256));
    }

    /// <summary>Takes a key from where it was kept.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="pkcs8">What <see cref="Export"/> gave: PKCS #8 in DER (RFC 5958), not encrypted.</param>
    /// <exception cref="ProblemException">The bytes are no such key, or the system has no OpenSSL.</exception>
    public static SigningKey Import(string name, ReadOnlySpan<byte> pkcs8)
    {
        SystemCryptography.Require();
        var ecdsa = ECDsa.Create();
        try
        {
            ecdsa.ImportPkcs8PrivateKey(pkcs8, out var read);
            if (read == pkcs8.Length && ecdsa.ExportParameters(false).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value)
                return Own(name, ecdsa);
        }
        catch (CryptographicException)
        {
            // Said below, with what to do.
        }
        ecdsa.Dispose();
        throw new ProblemException("the signing key is not a private key of the curve P-256 in PKCS #8", "a key that is lost cannot be made again, and no other signs in its place: keep the chain as evidence, and begin a new one");
    }

    /// <summary>The key as PKCS #8 in DER, not encrypted: whoever has it can sign. To be cleared after use.</summary>
    public byte[] Export() => _ecdsa.ExportPkcs8PrivateKey();

    /// <summary>Signs a checkpoint.</summary>
    public SignedNote Sign(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return Sign(checkpoint.Text);
    }

    /// <summary>Signs a text.</summary>
    /// <param name="text">Ends with a line feed.</param>
    /// <exception cref="ArgumentException">A text that a note cannot hold.</exception>
    public SignedNote Sign(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.EndsWith('\n') || !SignedNote.IsPlain(text))
            throw new ArgumentException("a note's text ends with a line feed and holds no other control characters", nameof(text));
        Span<byte> hash = stackalloc byte[Hash32.Size];
        Sha256.Hash(Encoding.UTF8.GetBytes(text)).CopyTo(hash);
        var signature = _ecdsa.SignHash(hash.ToArray(), DSASignatureFormat.Rfc3279DerSequence);
        return new SignedNote(text, [new NoteSignature(Verifier.Name, Verifier.Id, signature)]);
    }

    /// <summary>Frees the key.</summary>
    public void Dispose() => _ecdsa.Dispose();

    private static SigningKey Own(string name, ECDsa ecdsa)
    {
        try
        {
            return new SigningKey(name, ecdsa);
        }
        catch
        {
            ecdsa.Dispose();
            throw;
        }
    }
}
