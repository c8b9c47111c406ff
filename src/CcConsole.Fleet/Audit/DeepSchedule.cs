using System.Threading.Channels;
using CcConsole.Core.Audit;
using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit;

/// <summary>
/// When a pull holds every entry of a host against the copy by itself: once the last time is longer ago than the settings say. Spread over the
/// fleet: each host is due at another part of the last quarter of that time, and few are at it at once.
/// </summary>
internal sealed class DeepSchedule
{
    private const int AtOnce = 2;
    private readonly FleetOptions _options;
    private readonly Channel<int> _turns = Channel.CreateBounded<int>(AtOnce);

    public DeepSchedule(FleetOptions options)
    {
        _options = options;
        for (int turn = 0; turn < AtOnce; turn++)
        {
            _turns.Writer.TryWrite(turn);
        }
    }

    /// <summary>A host's turn, until it is disposed.</summary>
    public sealed class Turn(ChannelWriter<int> turns, int turn) : IDisposable
    {
        public void Dispose() => turns.TryWrite(turn);
    }

    /// <returns>Null when the host is not due, or others are at it and the caller does not wait.</returns>
    public async Task<Turn?> TakeAsync(ChainHead? head, bool waits, CancellationToken cancellation)
    {
        if (head is null || !IsDue(head))
        {
            return null;
        }

        if (!_turns.Reader.TryRead(out int turn))
        {
            if (!waits)
            {
                return null;
            }

            turn = await _turns.Reader.ReadAsync(cancellation).ConfigureAwait(false);
        }

        return new Turn(_turns.Writer, turn);
    }

    /// <summary>Whether the host's last comparison is long enough ago.</summary>
    public bool IsDue(ChainHead head)
    {
        if (_options.DeepInterval is not { } interval)
        {
            return false;
        }

        // The same for a host at every start of a program, and another for each host.
        double part = Sha256.Hash(System.Text.Encoding.UTF8.GetBytes(head.Host)).ToArray()[0] / 256.0;
        return head.ComparedAt is not { } last || _options.Time.GetUtcNow() - last >= interval * (0.75 + (0.25 * part));
    }
}
