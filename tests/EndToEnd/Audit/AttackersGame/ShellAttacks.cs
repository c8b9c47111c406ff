using System.Globalization;

namespace EndToEnd.Audit.AttackersGame;

/// <summary>What those try who cannot take the append-only attribute off: by the tools that every host has, and with stolen copies at hand.</summary>
/// <param name="host">The host whose record it is.</param>
/// <param name="random">Where its choices come from.</param>
/// <param name="attacker">Who tries.</param>
internal sealed class ShellAttacks(PreparedHost host, Random random, Attacker attacker)
{
    private const string Last = "$(ls audit/*.jsonl | tail -n 1)", First = "$(ls audit/*.jsonl | head -n 1)";

    /// <summary>A deck that holds each kind.</summary>
    public Func<Manipulation>[] Deck() =>
    [
        () => Try("edit", F($"sed -i '{Line()}s/exit_code/exit_kode/' audit/*.jsonl"), F($"printf x | dd of={First} bs=1 seek={random.Next(100, 9000)} conv=notrunc"), "perl -pi -e s/0/1/ audit/*.jsonl"),
        () => Try("delete", F($"sed -i {Line()}d audit/*.jsonl"), $"rm -f {Last}", $"rm -rf audit", "mv audit audit.gone"),
        () => Try("truncate", F($"for f in audit/*.jsonl; do truncate -s -{random.Next(1, 20) * 50} $f; done"), "for f in audit/*.jsonl; do : >$f; done"),
        () => Try("reorder", $"a={First}; b={Last}; mv $a $a.x; mv $b $a; mv $a.x $b", F($"for f in audit/*.jsonl; do tac $f >/tmp/cc-game-$$; cat /tmp/cc-game-$$ >$f; rm -f /tmp/cc-game-$$; done")),
        () => Try("replace", $"cp /etc/passwd {First}", "for f in audit/*.jsonl; do ln -sf /etc/passwd $f; done", "mv audit audit.old && cp -a audit.old audit && : >audit/00000000000000000000.jsonl",
            F($"sed -n {Line()}p audit/*.jsonl >>{Last}"), $"printf '{{\"event\": \"job.finished\", \"exit_code\": 0}}\\n' >>{Last}"),
        () => Try("re-hash", $"for f in {host.Rehashed}/audit/*.jsonl; do cat $f >audit/${{f##*/}}; done", $"cp -f {host.Rehashed}/audit/*.jsonl audit/", $"rm -rf audit; cp -r {host.Rehashed}/audit ."),
        () => Try("restore", $"cp -f {host.Stolen}/audit/*.jsonl audit/", $"rm -rf audit; cp -r {host.Stolen}/audit .", $"cp -f {host.Stolen}/head audit-state/head"),
        () => Try("clock", "touch -d '2 hours ago' audit/*.jsonl; touch -d '2030-01-01' audit audit-state/head", F($"sed -i '{Line()}s/\"timestamp\": 1/\"timestamp\": 2/' audit/*.jsonl")),
        () => Try("unseal", "chattr -R -a audit; rm -rf audit", $"chattr -a {Last} && : >{Last}", "chmod -R 777 audit; chown -R nobody audit; : >audit-state/head"),
    ];

    private int Line() => random.Next(1, host.Lines.Count + 1);

    private Manipulation Try(string kind, params string[] scripts)
    {
        string script = scripts[random.Next(scripts.Length)];
        return new(attacker, Ground.System, kind, script) { Script = script };
    }

    private static string F(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
