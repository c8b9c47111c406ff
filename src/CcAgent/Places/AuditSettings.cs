namespace CcAgent.Places;

/// <summary>What becomes of a run while the audit chain cannot be written.</summary>
internal enum AuditPolicy
{
    /// <summary>It runs on; the chain tells afterwards of the gap.</summary>
    BestEffort,

    /// <summary>It is not begun.</summary>
    Strict,
}

/// <summary>How the audit chain is written and kept.</summary>
/// <param name="Policy">What becomes of a run while it cannot be written. Edits are refused then in any case.</param>
/// <param name="CheckpointMinutes">How long after the last checkpoint the next one is signed, in minutes, from 1 to 10: more than 15 without one are overdue.</param>
/// <param name="CheckpointEntries">After how many entries one is signed, from 1 to 1,200.</param>
/// <param name="BallastMegabytes">How much room is held back so that a full disk can be told of, in MiB; 0 for none.</param>
/// <param name="MaxAgeDays">The age in days beyond which entries go that a console holds; 0 for never.</param>
/// <param name="MaxMegabytes">The size in MiB of the chain beyond which the oldest go that a console holds; 0 for never.</param>
internal sealed record AuditSettings(
    AuditPolicy Policy = AuditPolicy.BestEffort,
    int CheckpointMinutes = 5,
    int CheckpointEntries = 1000,
    int BallastMegabytes = 1,
    int MaxAgeDays = 0,
    int MaxMegabytes = 0)
{
    /// <summary>The policy as the settings name it.</summary>
    internal string PolicyName => Policy == AuditPolicy.Strict ? "strict" : "best_effort";

    /// <summary>Whether old entries are ever let go.</summary>
    internal bool Prunes => MaxAgeDays > 0 || MaxMegabytes > 0;

    /// <summary>Reads the members of the settings' "audit".</summary>
    internal static AuditSettings Read(ref SettingsReader reader)
    {
        var audit = new AuditSettings();
        while (reader.NextMember("audit") is { } name)
        {
            audit = name switch
            {
                "policy" => audit with
                {
                    Policy = reader.Text(static text => text is "best_effort" or "strict", "best_effort or strict") == "strict"
                        ? AuditPolicy.Strict : AuditPolicy.BestEffort,
                },
                "checkpointMinutes" => audit with { CheckpointMinutes = reader.Number(1, 10) },
                "checkpointEntries" => audit with { CheckpointEntries = reader.Number(1, 1200) },
                "ballastMegabytes" => audit with { BallastMegabytes = reader.Number(0, 1024) },
                "maxAgeDays" => audit with { MaxAgeDays = reader.Number(0, 36_500) },
                "maxMegabytes" => audit with { MaxMegabytes = reader.Number(0, 16 * 1024 * 1024) },
                _ => throw reader.Unknown(),
            };
        }

        return audit;
    }
}
