namespace CcAgent.Daemon;

/// <summary>
/// Something that lives on the daemon's one thread: it waits for a descriptor, a time, or both. What it has to record it
/// gives to the <see cref="Journal.Recorder"/>, which is durable when it returns.
/// </summary>
internal interface IDaemonPart
{
    /// <summary>Readable when there is something to do; -1 for none. May change.</summary>
    int Descriptor { get; }

    /// <summary>
    /// How long until <see cref="Ready"/> is wanted unasked, in milliseconds, 0 for at once; -1 for never. Asked again and
    /// again, so it costs nothing. An idle daemon wakes no more often than every 10 s: a part keeps to that.
    /// </summary>
    int TimeoutMs { get; }

    /// <summary>
    /// The descriptor is readable, or the time has come. What clients sent until then is recorded. Takes no longer than a few
    /// milliseconds: who has more to do says by a timeout of 0 that there is more, and lets others have their turn.
    /// </summary>
    void Ready();
}
