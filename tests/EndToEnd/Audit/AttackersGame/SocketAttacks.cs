using System.Globalization;

namespace EndToEnd.Audit.AttackersGame;

/// <summary>What a job says to the daemon that listens: it may hand over a report of its own, and nothing else.</summary>
/// <param name="random">Where its choices come from.</param>
internal sealed class SocketAttacks(Random random)
{
    /// <summary>The attacker's own user id, put in by whoever plays it.</summary>
    public const string Uid = "@UID@";

    /// <summary>How many a flood is: more than are told one by one.</summary>
    public const int Flood = 60;

    private static readonly string[] Events =
    [
        "crontab.edited", "console.pulled", "witness.head", "job.stopped", "access.refused", "job.finished", "audit.genesis", "audit.checkpoint", "audit.key_next", "audit.prune", "agent.stopped",
    ];

    public Func<Manipulation>[] Deck() =>
    [
        () => Say("forged report", "it claims to be root's", true, Report("\"root\"", 0)),
        () => Say("forged report", "it claims to be another's", true, Report("\"www-data\"", 33), Report("\"daemon\"", 1)),
        // Its own user is its own to report of; of what it says there, the kernel's word on who it is stands beside it.
        () => Say("report", "of another's job, with another's name", false, Report("\"root\"", null, job: "nightly-backup")),
        () => Say("report", "a line of the chain in each text", false, Report("\"x\\n{\\\"event\\\": \\\"audit.checkpoint\\\"}\"", null, job: "x\\n{\\\"event\\\": \\\"crontab.edited\\\", \\\"seq\\\": 1}\\n")),
        () => Say("clock", "it says that it ran in another year", false, Report("\"job\"", null, start: random.Next(2) == 0 ? "1999-12-31T23:59:59Z" : "2099-01-01T00:00:00Z")),
        () => Request(Events[random.Next(Events.Length)]),
        () => Say("request", "of what no one may ask for", true, """{"request":"audit.remove","params":{"seq":3}}""", """{"request":"report.ack","seq":999999}"""),
        () => Say("flood", F($"{Flood} reports in root's name"), true, [.. Enumerable.Repeat(Report("\"root\"", 0), Flood)]),
        () => Say("rubbish", "no report", true, [Rubbish()]),
    ];

    private static Manipulation Request(string name) => Say("request", $"an entry of {name}", true,
        $$$"""{"request":"audit.append","params":{"event":"{{{name}}}","actor":"root","origin":"192.0.2.1","host":"web01","chain":"00","seq":1,"hash":"{{{LineText.NoHash}}}"}}""");

    private string Rubbish() => random.Next(5) switch
    {
        0 => "\0\0\0\0",
        1 => "{\"jobId\":\"never ended",
        2 => new string('[', 5000),
        3 => $$"""{"chain": "00", "event": "job.finished", "prev_hash": "{{LineText.NoHash}}", "seq": 1, "hash": "{{LineText.NoHash}}"}""",
        _ => "{\"jobId\":\"" + new string('x', 1_200_000),
    };

    private static string Report(string user, int? uid, string job = "job", string start = "2026-11-21T10:00:00Z") =>
        $$"""{"jobId":"{{job}}","command":"/bin/true","exitCode":0,"stdout":"","stderr":"","startTime":"{{start}}","durationMs":1,"executingUid":{{uid?.ToString(CultureInfo.InvariantCulture) ?? Uid}},"executingUser":{{user}}}""";

    private static Manipulation Say(string kind, string what, bool refused, params string[] requests) => new(Attacker.Job, Ground.Socket, kind, what) { Requests = requests, Refused = refused };

    private static string F(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
