namespace CcConsole.Core.Agents;

/// <summary>Why a script of <see cref="AgentScript"/> ended, in words.</summary>
internal static class AgentCauses
{
    private const string AsBefore = "The host is as it was before";

    public static (string Message, string Hint) Words(string cause) => cause switch
    {
        "temporary" => ("no temporary folder could be made there", "See that /tmp can be written"),
        "folder" => ("a folder could not be made, or appeared meanwhile", $"{AsBefore}; look at the folder, and try again"),
        "write" => ("a file could not be written there", "See that there is room, and that the file system is not read-only"),
        "hash" => ("the host has none of sha256sum, shasum and openssl, so what arrived cannot be checked", "Install one of them there"),
        "incomplete" => ("what arrived is not what was sent", $"{AsBefore}; try again"),
        "runs" => ("the agent does not run on that host", $"{AsBefore}; it needs the C library that it was built for"),
        "version" => ("the executable does not say that it is the agent of that version", AsBefore),
        "appeared" => ("an agent appeared there meanwhile", "cc-console agent status"),
        "group" => ("the group could not be made", AsBefore),
        "check" => ("the new agent's daemon did not answer", $"{AsBefore}, with the agent that it had"),
        "record" => ("the agent runs, but its record of installation could not be written", "See that there is room, then: cc-console agent upgrade"),
        "used" => ("jobs still use the agent", "Take the wrapper off first: cc-console job release HOST JOB"),
        "runs-go-on" => ("runs under the agent still go on", "Wait for them, or stop them: cc-console job running"),
        "stops-not" => ("the daemon does not stop", "Look at it on the host; nothing was taken away"),
        "state" => ("the record of the runs could not be taken away wholly", "Remove what is left by hand"),
        _ => ($"the host failed for the cause \"{cause}\"", "cc-console agent status says what is there now"),
    };
}
