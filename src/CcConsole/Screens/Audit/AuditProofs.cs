using CcConsole.Fleet.Audit;
using CcConsole.Store.Chains;

namespace CcConsole.Screens;

/// <summary>What the screen has verified itself, by host. What is not in here is not claimed.</summary>
internal sealed class AuditProofs(Shell shell)
{
    private readonly Dictionary<string, CopyVerification> _found = new(StringComparer.Ordinal);

    /// <summary>Whether a verification runs.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>What was found of a host's copy; null before it was verified.</summary>
    public CopyVerification? Of(string host) => _found.GetValueOrDefault(host);

    /// <summary>Verifies every entry of some copies, one after the other.</summary>
    /// <param name="heads">Their heads.</param>
    /// <param name="progress">Told on the UI thread how many entries are done of how many.</param>
    /// <param name="stop">Gives up; what was found of whole copies until then stays.</param>
    public async Task VerifyAsync(IReadOnlyList<ChainHead> heads, Action<long, long> progress, CancellationToken stop)
    {
        IsRunning = true;
        try
        {
            long before = 0, all = heads.Sum(Length);
            progress(0, all);
            foreach (var head in heads)
            {
                var passed = before;
                // Reports are posted to this thread: one that comes after the end says nothing any more.
                var told = new Progress<long>(done =>
                {
                    if (IsRunning)
                        progress(passed + done, all);
                });
                _found.Remove(head.Host);
                _found[head.Host] = await Task.Run(() => shell.Fleet.Audit.Verify(head.Host, told, stop), stop);
                before += Length(head);
            }
        }
        finally
        {
            IsRunning = false;
        }
    }

    /// <summary>Entries of a copy.</summary>
    public static long Length(ChainHead head) => head.Seq - head.First + 1;
}
