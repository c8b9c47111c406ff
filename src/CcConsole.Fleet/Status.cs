namespace CcConsole.Fleet;

/// <summary>How a host or a job is. Screens show each as a glyph, a word and a colour. Nothing unchecked is <see cref="Ok"/>.</summary>
public enum Status
{
    /// <summary>Not known: never looked at, never run, or a line that the daemon refuses.</summary>
    Unknown,

    /// <summary>The last run ended with exit code 0; a host that answers and whose chain is good.</summary>
    Ok,

    /// <summary>The last run failed; a host whose chain contradicts what was seen before.</summary>
    Fail,

    /// <summary>A run that was due has not been reported.</summary>
    Late,

    /// <summary>Running now.</summary>
    Running,

    /// <summary>Paused.</summary>
    Off,

    /// <summary>The host is not reached.</summary>
    Offline,
}
