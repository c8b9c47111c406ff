namespace CcConsole.Core.Audit.Checkpoints;

/// <summary>A signature line of a note: which key, and what it made of the text.</summary>
/// <param name="KeyName">The key's name.</param>
/// <param name="KeyId">The key's id: 4 bytes, the first of them the highest.</param>
/// <param name="Signature">For ECDSA the two numbers as ASN.1 DER.</param>
public sealed record NoteSignature(string KeyName, uint KeyId, ReadOnlyMemory<byte> Signature);
