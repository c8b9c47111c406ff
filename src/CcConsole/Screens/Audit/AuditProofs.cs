using CcConsole.Fleet.Audit;
using CcConsole.Store.Chains;

namespace CcConsole.Screens;

/// <summary>What the screen has verified itself, by host. What is not in here is not claimed.</summary>
internal sealed class AuditProofs(Shell shell)
{
    private const long FewEntries = 20_000;

    private readonly Dictionary<string, CopyVerification> _found = new(StringComparer.Ordinal);

    /// <summary>Whether a verification runs.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>What was found of a host's copy; null before it was verified.</summary>
    public CopyVerification? Of(string host) => _found.GetValueOrDefault(host);

    /// <summary>How many entries of a copy are yet to be verified: all of one that was not, or is another one now.</summary>
    public long Unverified(ChainHead head) => Earlier(head) is { } found ? head.Seq - found.Head.Seq : Length(head);

    /// <summary>Verifies some copies, one after the other: every entry, or what was not verified here yet.</summary>
    /// <param name="heads">Their heads.</param>
    /// <param name="again">Whether every entry is verified again.</param>
    /// <param name="progress">Told on the UI thread how many entries are done of how many; not of a few new ones, so that what is known stays to be read.</param>
    /// <param name="stop">Gives up; what was found of whole copies until then stays.</param>
    public async Task VerifyAsync(IReadOnlyList<ChainHead> heads, bool again, Action<long, long> progress, CancellationToken stop)
    {
        IsRunning = true;
        try
        {
            long before = 0, all = heads.Sum(head => again ? Length(head) : Unverified(head));
            var isTold = again || all > FewEntries || heads.Any(head => Earlier(head) is null);
            if (isTold)
                progress(0, all);
            foreach (var head in heads)
            {
                var passed = before;
                // Reports are posted to this thread: one that comes after the end says nothing any more.
                var told = new Progress<long>(done =>
                {
                    if (IsRunning && isTold)
                        progress(passed + done, all);
                });
                before += again ? Length(head) : Unverified(head);
                var earlier = again ? null : Earlier(head);
                if (earlier is null)
                    _found.Remove(head.Host);
                _found[head.Host] = await Task.Run(
                    () => earlier is null ? shell.Fleet.Audit.Verify(head.Host, told, stop) : shell.Fleet.Audit.VerifyAdded(earlier, told, stop), stop);
            }
        }
        finally
        {
            IsRunning = false;
        }
    }

    /// <summary>Entries of a copy.</summary>
    public static long Length(ChainHead head) => head.Seq - head.First + 1;

    private CopyVerification? Earlier(ChainHead head) => Of(head.Host) is { } found && found.Head.Copy == head.Copy && found.Head.Seq <= head.Seq ? found : null;
}
