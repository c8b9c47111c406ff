using System.Globalization;
using CcConsole.Fleet.Changes;
using CcConsole.Store.Changes;

namespace CcConsole.Screens;

/// <summary>One change of a plan for many hosts, as its screen shows it.</summary>
internal sealed record PlanLine
{
    /// <summary>Its place in the plan.</summary>
    public required int Position { get; init; }

    /// <summary>The change.</summary>
    public required ChangePlan Change { get; init; }

    /// <summary>How far it has come.</summary>
    public required MemberState Stage { get; init; }

    /// <summary>Glyph and word.</summary>
    public required string State { get; init; }

    /// <summary>The scope of the state.</summary>
    public required string Scope { get; init; }

    /// <summary>The number by which it alone is undone, and what the host's chain says.</summary>
    public required string Number { get; init; }

    /// <summary>The cause and the next step; empty when there is nothing to say.</summary>
    public required string Message { get; init; }

    /// <summary>How far a change has come, as a glyph and a word.</summary>
    public static StatusLook LookOf(BatchMember member) => member.IsUndone ? StatusLook.Undone : Look(member.State, running: false);

    /// <summary>A change as it was noted, and what has become of it since.</summary>
    public static PlanLine Of(BatchMember member, ChangePlan change, FleetPlanResult? result, bool running, bool ascii)
    {
        var stage = result?.State ?? member.State;
        var look = result is null && member.IsUndone ? StatusLook.Undone : Look(stage, running);
        var number = result?.Number ?? (member.Change.Id > 0 ? member.Change.Id : null);
        var message = result?.Message ?? member.NotReached ?? member.Change.Message ?? "";
        return new PlanLine
        {
            Position = member.Position,
            Change = change,
            Stage = stage,
            State = look.Shown(ascii),
            Scope = look.Scope,
            Number = number is { } id ? string.Create(CultureInfo.InvariantCulture, $"#{id}") : "",
            Message = result?.Hint is { Length: > 0 } hint ? $"{message} — {hint}" : message,
        };
    }

    private static StatusLook Look(MemberState stage, bool running) => stage switch
    {
        MemberState.Applied => StatusLook.Applied,
        MemberState.Refused => StatusLook.Refused,
        MemberState.Failed => StatusLook.Failed,
        MemberState.NotReached => StatusLook.Of(Fleet.Status.Offline),
        MemberState.Running => StatusLook.Of(Fleet.Status.Running),
        MemberState.NotStarted => running ? StatusLook.Waiting : StatusLook.NotBegun,
        _ => StatusLook.Of(Fleet.Status.Unknown),
    };
}
