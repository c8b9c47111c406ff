namespace EndToEnd.Audit.AttackersGame;

/// <summary>Who does it.</summary>
internal enum Attacker
{
    /// <summary>The job, as a user of its own.</summary>
    Job,

    /// <summary>The agent's user: root without the capability that takes the append-only attribute off, or whoever runs an agent of their own.</summary>
    AgentUser,

    /// <summary>Root, from the time T on.</summary>
    Root,
}

/// <summary>What it is done to.</summary>
internal enum Ground
{
    /// <summary>The record of root's agent.</summary>
    System,

    /// <summary>The record of an agent that a user runs.</summary>
    Own,

    /// <summary>The socket of root's agent, which listens.</summary>
    Socket,
}

/// <summary>One thing that an attacker does to a record.</summary>
/// <param name="Attacker">Who.</param>
/// <param name="Ground">To what.</param>
/// <param name="Kind">What, in a word.</param>
/// <param name="What">What exactly.</param>
internal sealed record Manipulation(Attacker Attacker, Ground Ground, string Kind, string What)
{
    /// <summary>How many hours the host's monotonic clock is ahead when the agent is started again.</summary>
    public const int HoursAhead = 5;

    /// <summary>The kinds that each attacker has to have tried.</summary>
    public static readonly string[] Kinds = ["edit", "delete", "truncate", "reorder", "replace", "re-hash", "restore", "clock"];

    /// <summary>A script of the shell, in the record's folder.</summary>
    public string? Script { get; init; }

    /// <summary>Does it to the files of a record.</summary>
    public Action<string>? Do { get; init; }

    /// <summary>What the attacker says to the socket, each over a connection of its own.</summary>
    public string[] Requests { get; init; } = [];

    /// <summary>Whether all of what is said must be refused; else it is the attacker's own to say.</summary>
    public bool Refused { get; init; } = true;

    /// <summary>Whether the agent is started again afterwards, honest, and goes on for a while.</summary>
    public bool RunsOn { get; init; }

    /// <summary>Whether its monotonic clock is <see cref="HoursAhead"/> then.</summary>
    public bool Ahead { get; init; }

    public override string ToString() => $"{Attacker}, {Ground}: {Kind}: {What}{(RunsOn ? $", and the agent goes on{(Ahead ? $" with its clock {HoursAhead} h ahead" : "")}" : "")}";
}
