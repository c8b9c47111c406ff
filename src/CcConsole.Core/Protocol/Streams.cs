namespace CcConsole.Core.Protocol;

/// <summary>A stream was opened.</summary>
/// <param name="Stream">Its id, that of the request.</param>
/// <param name="Last">The sequence number of the last item that was there when it was opened; -1 when there was none.</param>
public sealed record StreamResult(long Stream, long Last);

/// <summary>Lets the agent send more.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Messages">How many messages more, 1 to 1,000,000; adds to what is left.</param>
public sealed record StreamCredit(long Stream, int Messages);

/// <summary>Ends a stream from the console's side.</summary>
/// <param name="Stream">The stream.</param>
public sealed record StreamCancel(long Stream);

/// <summary>The last message of a stream.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Reason">One of <see cref="StreamEndReason"/>.</param>
/// <param name="Message">What failed, when the reason is an error.</param>
/// <param name="Hint">What to do next.</param>
public sealed record StreamEnd(long Stream, string Reason, string? Message = null, string? Hint = null);

/// <summary>Why a stream ended.</summary>
public static class StreamEndReason
{
    /// <summary>All that was asked for has been sent.</summary>
    public const string Complete = "complete";

    /// <summary>The console cancelled it.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>It failed.</summary>
    public const string Error = "error";
}

/// <summary>No parameters, or an answer without content.</summary>
public sealed record Done;
