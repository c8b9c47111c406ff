using CcConsole.Fleet;

namespace CcConsole.Screens;

/// <summary>The order of states when a list is sorted by them: what wants a person first.</summary>
internal static class Urgency
{
    /// <summary>0 for the most urgent.</summary>
    public static int Of(Status status) => status switch
    {
        Status.Fail => 0,
        Status.Late => 1,
        Status.Offline => 2,
        Status.Unknown => 3,
        Status.Running => 4,
        Status.Ok => 5,
        _ => 6,
    };
}
