using CcConsole.Core.Protocol;
using CcConsole.Fleet.Sessions;
using CcConsole.Ssh;

namespace CcConsole.Fleet.Hosts;

/// <summary>What a test of a host came to.</summary>
public sealed record HostTest
{
    /// <summary>The host.</summary>
    public required HostEntry Host { get; init; }

    /// <summary>True when it answers and its table can be read.</summary>
    public bool IsGood => Problem is null;

    /// <summary>What is known of it; null when it was not reached.</summary>
    public HostFacts? Facts { get; init; }

    /// <summary>The agent's own account; null without an agent.</summary>
    public AgentStatusResult? Agent { get; init; }

    /// <summary>Why an agent that is installed does not answer; null when it does, or when there is none.</summary>
    public string? AgentProblem { get; init; }

    /// <summary>How many jobs the table has; null when it could not be read.</summary>
    public int? Jobs { get; init; }

    /// <summary>How long connecting and reading took.</summary>
    public TimeSpan Took { get; init; }

    /// <summary>What failed, in words; null when nothing did.</summary>
    public string? Problem { get; init; }

    /// <summary>What to do next; null when there is nothing to do.</summary>
    public string? Hint { get; init; }

    /// <summary>The kind of failure, where the connection failed.</summary>
    public HostProblemKind? Kind { get; init; }

    /// <summary>The key that the host showed, where that is the question: it is accepted by <see cref="HostOperations.AcceptKeyAsync"/> after a person has seen it.</summary>
    public HostKey? Key { get; init; }
}
