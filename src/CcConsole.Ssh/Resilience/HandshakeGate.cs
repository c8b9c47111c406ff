namespace CcConsole.Ssh;

/// <summary>
/// A bound on handshakes at once across the fleet: each costs both sides a key exchange, and a jump host that sees
/// all of them together drops some (MaxStartups in sshd_config).
/// </summary>
/// <param name="limit">Most handshakes at once.</param>
public sealed class HandshakeGate(int limit = 8) : IDisposable
{
    private readonly SemaphoreSlim _free = new(limit, limit);

    /// <summary>Waits for a place; disposing the result gives it back.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellation)
    {
        await _free.WaitAsync(cancellation).ConfigureAwait(false);
        return new Place(_free);
    }

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();

    private sealed class Place(SemaphoreSlim free) : IDisposable
    {
        private SemaphoreSlim? _free = free;

        public void Dispose() => Interlocked.Exchange(ref _free, null)?.Release();
    }
}
