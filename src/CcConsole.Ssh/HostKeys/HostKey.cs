namespace CcConsole.Ssh;

/// <summary>A host's public key as shown in a handshake, by its fingerprint.</summary>
/// <param name="Algorithm">As in ssh_config, for example <c>ssh-ed25519</c>.</param>
/// <param name="Fingerprint"><c>SHA256:</c> and 43 base64 characters, as <c>ssh-keygen -l</c> prints it.</param>
public sealed record HostKey(string Algorithm, string Fingerprint)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Algorithm} {Fingerprint}";
}
