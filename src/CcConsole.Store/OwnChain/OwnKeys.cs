using System.Security.Cryptography;
using CcConsole.Core;
using CcConsole.Core.Audit.Checkpoints;
using CcConsole.Store.Access;

namespace CcConsole.Store.OwnChain;

/// <summary>
/// The signing keys of the console's own chain: the one in force, and the one that is announced and takes its place with the next
/// checkpoint. A key that was used is overwritten: who steals one signs nothing that came before.
/// </summary>
internal sealed class OwnKeys(string folder, string chain)
{
    private readonly string _name = Checkpoint.OfConsole(chain);

    private string Current => Path.Combine(folder, "key");

    private string Next => Path.Combine(folder, "key.next");

    /// <summary>Makes the first key, durably; it is announced by the chain's first entry.</summary>
    public VerifierKey Begin()
    {
        using SigningKey key = SigningKey.Create(_name);
        Save(Current, key);
        return key.Verifier;
    }

    /// <summary>The key in force.</summary>
    /// <exception cref="ProblemException">It is gone.</exception>
    public SigningKey InForce() => Load(Current) ?? throw new ProblemException(
        $"The signing key of this console's own audit chain is gone: {Current}", "Keep the folder as evidence, and move it away to begin a new chain.");

    /// <summary>The key to announce: one that a crash left before its checkpoint, else a new one, durably.</summary>
    public SigningKey ToAnnounce()
    {
        if (Load(Next) is { } left)
        {
            return left;
        }

        SigningKey key = SigningKey.Create(_name);
        Save(Next, key);
        return key;
    }

    /// <summary>The announced key takes the place of the one that has signed, whose bytes are overwritten.</summary>
    public void Turn()
    {
        // Held open over the rename: the bytes of the old key are reached by it alone afterwards.
        using FileStream used = new(Current, FileMode.Open, FileAccess.ReadWrite);
        File.Move(Next, Current, overwrite: true);
        Descriptor.SyncDirectory(folder);
        used.Write(new byte[used.Length]);
        used.Flush(flushToDisk: true);
    }

    /// <summary>Finishes a turn that a crash cut off behind its checkpoint.</summary>
    /// <param name="announced">The last key that the chain announced.</param>
    public void Settle(string announced)
    {
        if (!File.Exists(Next))
        {
            return;
        }

        using SigningKey? next = Load(Next);
        if (next?.Verifier.Text == announced)
        {
            Turn();
        }
    }

    private SigningKey? Load(string path)
    {
        if (!PrivatePath.CheckFile(path))
        {
            return null;
        }

        byte[] bytes = File.ReadAllBytes(path);
        try
        {
            return SigningKey.Import(_name, bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static void Save(string path, SigningKey key)
    {
        byte[] bytes = key.Export();
        try
        {
            PrivatePath.WriteAtomically(path, bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
