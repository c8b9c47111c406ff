using System.Diagnostics;
using System.Runtime.InteropServices;
using CcAgent.Native;
using CcConsole.Core;

namespace CcAgent.Daemon;

/// <summary>
/// The daemon's one thread and one poll(2). It sleeps until something comes or a part's time has come: first the clients
/// are served and what they said is recorded, then each part has its turn.
/// </summary>
internal sealed unsafe class DaemonLoop
{
    // How long a part that failed is left alone: what is wrong is wrong in the next moment too.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30), Quiet = TimeSpan.FromSeconds(10);

    private readonly Reception _reception;
    private readonly IReadOnlyList<IDaemonPart> _parts;
    private readonly long[] _failed;

    // Becomes readable when it is time to end.
    private readonly int _stop;
    private long _last = Stopwatch.GetTimestamp();
    private bool _tidy;

    internal DaemonLoop(Reception reception, IReadOnlyList<IDaemonPart> parts, int stop) =>
        (_reception, _parts, _failed, _stop) = (reception, parts, new long[parts.Count], stop);

    /// <summary>Runs until the stop descriptor says so.</summary>
    internal void Run()
    {
        var entries = new List<PollEntry>();
        while (true)
        {
            entries.Clear();
            entries.Add(new PollEntry { Descriptor = _stop, Events = PollEntry.In });
            for (var i = 0; i < _parts.Count; i++)
                entries.Add(new PollEntry { Descriptor = Paused(i) > 0 ? -1 : _parts[i].Descriptor, Events = PollEntry.In });
            _reception.Fill(entries);
            var span = CollectionsMarshal.AsSpan(entries);
            int ready;
            fixed (PollEntry* at = span)
                ready = Libc.poll(at, (nuint)span.Length, Timeout());
            if (span[0].Came != 0)
                break;
            _reception.Serve(span[(1 + _parts.Count)..]);
            var worked = ready > 0;
            for (var i = 0; i < _parts.Count; i++)
            {
                if (Paused(i) == 0 && (span[1 + i].Came != 0 || _parts[i].TimeoutMs == 0))
                {
                    // To say that one is alive is no work after which there is something to tidy.
                    worked |= _parts[i] is not ServiceNotice;
                    Ready(i);
                }
            }

            GiveBackMemory(worked);
        }
    }

    private void Ready(int part)
    {
        try
        {
            _parts[part].Ready();
            _failed[part] = 0;
        }
        catch (Exception e) when (e is ProblemException or IOException or UnauthorizedAccessException)
        {
            // The daemon's first duty is to take reports: it goes on.
            _failed[part] = Stopwatch.GetTimestamp();
            StandardStreams.Say(e.Message, (e as ProblemException)?.Hint ?? "");
        }
    }

    // Milliseconds until a part that failed has another turn.
    private int Paused(int part) => _failed[part] == 0 ? 0 : Left(_failed[part], Pause);

    private static int Left(long since, TimeSpan whole) =>
        (int)Math.Clamp(Math.Ceiling((whole - Stopwatch.GetElapsedTime(since)).TotalMilliseconds), 0, int.MaxValue);

    // Ten seconds after the last work, once: what a busy time has taken of memory goes back to the system.
    private void GiveBackMemory(bool worked)
    {
        if (worked)
        {
            (_last, _tidy) = (Stopwatch.GetTimestamp(), false);
        }
        else if (!_tidy && Left(_last, Quiet) == 0)
        {
            _reception.Tidy();
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            _tidy = true;
        }
    }

    private int Timeout()
    {
        var timeout = Earlier(_tidy ? -1 : Left(_last, Quiet), _reception.TimeoutMs);
        for (var i = 0; i < _parts.Count; i++)
        {
            var paused = Paused(i);
            timeout = Earlier(timeout, paused > 0 ? paused : _parts[i].TimeoutMs);
        }

        return timeout;
    }

    private static int Earlier(int a, int b) => a < 0 ? b : b < 0 ? a : Math.Min(a, b);
}
