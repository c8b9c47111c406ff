using System.Text;

namespace CcConsole.Core.Tests.Crontab;

/// <summary>
/// Random tables: by the grammar with something wrong now and then, by changing real ones, and of bytes alone. What breaks
/// parsers is common in them: CR, NUL, 0xFF, no-break spaces, stray quotes, long lines, many lines, no final newline.
/// </summary>
internal static class TableFuzz
{
    private static readonly string[] Fields =
    [
        "*", "*", "*", "0", "5", "59", "60", "7", "8", "31", "32", "1-5", "5-1", "5-0", "*/5", "*/0", "*/100", "1-9/3", "5/10", "1,2", "1,", ",1", "1,,2", "mon", "FRI", "sunday", "jan", "sun-sat",
        "fri-sun", "0~10", "10~0", "~", "~5", "3~", "0~10/2", "**", "*-5", "*foo", "5#2", "5;3", "5.5", "*/5/2", "1-5-9", "L", "?", "15W", "00", "007", "4294967301", "99999999999999999999", "-5", "+5", "0x5", "*\r", "5\0",
        "1-5/2,10-20/5,30", "0-59", "1-7", "*/7,3", "\u00a0", "\u00ff", "5\u00ff", "\v5", "jan-mar", "dec-jan", "1-mon", "mon-5", "*,*", "*/1", "*/60",
    ];

    private static readonly string[] Pieces =
    [
        "@daily", "@reboot", "@Daily", "@every 5m", "@", "@hourly\0", "#", "# c", "A=b", "A = b", "A=", "'A'=b", "\"A B\" = 'c'", "A=\"b\" c", "A=\"", "A='", "=x", "1F=x", "export X=y", "CRON_TZ=UTC", "A=\"b\" ", "A=b # c", "A\0=b",
        " ", " ", "\t", "\n", "\n", "\r", "\r\n", "\v", "\f", "\0", "x", "-", "-n ", "-q ", "%", "\\", "\\\n", "\"", "'", "=", "root ", "\u00a0", "\u00c2\u00a0", "\u00ff", "\u00ef\u00bb\u00bf",
        "* * * * * x\n", "@hourly y\n", "0 0 1 1 1 z\n", "* * * * *\n", "0 0 * * * root x\n", "* * * * * x\0y\n", "A=b\0* * * * * x\n", "@daily x\r\n", "   # c\n", "\r\n",
        "* * * * */5 A='\nA='\n", "A=\"\n", "'\n", "#cc-paused ", "#cc-paused * * * * * x\n", "#cc: name=Nightly\n@daily x\n", "# c \\\n",
    ];

    /// <summary>Tables as distributions and packages ship them, and as people write them.</summary>
    public static readonly string[] Real =
    [
        "SHELL=/bin/sh\nPATH=/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin\n\n# m h dom mon dow command\n17 *\t* * *\tcd / && run-parts --report /etc/cron.hourly\n25 6\t* * *\ttest -x /usr/sbin/anacron || ( cd / && run-parts --report /etc/cron.daily )\n47 6\t* * 7\ttest -x /usr/sbin/anacron || ( cd / && run-parts --report /etc/cron.weekly )\n52 6\t1 * *\ttest -x /usr/sbin/anacron || ( cd / && run-parts --report /etc/cron.monthly )\n#\n",
        "MAILTO=root\n57 0 * * 0 if [ -x /usr/share/mdadm/checkarray ] && [ $(date +\\%d) -le 7 ]; then /usr/share/mdadm/checkarray --cron --all --idle --quiet; fi\n",
        "30 3 * * 0 test -e /run/systemd/system || SERVICE_MODE=1 /usr/lib/x86_64-linux-gnu/e2fsprogs/e2scrub_all_cron\n10 3 * * * test -e /run/systemd/system || SERVICE_MODE=1 /sbin/e2scrub_all -A -r\n",
        "0 */12 * * * test -x /usr/bin/certbot -a \\! -d /run/systemd/system && perl -e 'sleep int(rand(43200))' && certbot -q renew --no-random-sleep-on-renew\n",
        "# .---------------- minute (0 - 59)\n# |  .------------- hour (0 - 23)\n\nMAILTO=\"\"\n*/5 * * * * command -v debian-sa1 > /dev/null && debian-sa1 1 1\n59 23 * * * command -v debian-sa1 > /dev/null && debian-sa1 60 2\n",
        "09,39 *     * * *     [ -x /usr/lib/php/sessionclean ] && if [ ! -d /run/systemd/system ]; then /usr/lib/php/sessionclean; fi\n",
        "RANDOM_DELAY=45\nSTART_HOURS_RANGE=3-22\n01 * * * * run-parts /etc/cron.hourly\n",
        "@reboot sleep 60; /usr/local/bin/start\n@daily /usr/local/bin/backup.sh >/dev/null 2>&1\n0 2 * * 1-5 mysqldump db | gzip > /srv/db-$(date +\\%Y\\%m\\%d).gz\n15 14 1 * * mail -s hi joe%Joe,%%Where are your kids?%\n",
    ];

    /// <summary>A table, now and then as large as a daemon takes.</summary>
    public static byte[] Create(Random random) => random.Next(200) == 0 ? Large(random) : CreateSmall(random);

    /// <summary>A table of a few lines.</summary>
    public static byte[] CreateSmall(Random random) => random.Next(10) switch
    {
        < 5 => Encoding.Latin1.GetBytes(Grammar(random)),
        < 8 => Mutate(random, Encoding.Latin1.GetBytes(Real[random.Next(Real.Length)])),
        8 => Mutate(random, Encoding.Latin1.GetBytes(Grammar(random))),
        _ => Noise(random),
    };

    private static string Grammar(Random random)
    {
        var text = new StringBuilder();
        for (var lines = random.Next(1, 4); lines > 0; lines--)
        {
            switch (random.Next(4))
            {
                case 0:
                    for (var n = random.Next(6); n > 0; n--)
                    {
                        text.Append(Pieces[random.Next(Pieces.Length)]);
                    }

                    break;
                case 1:
                    text.Append(random.Next(2) == 0 ? "NAME" : Pieces[random.Next(Pieces.Length)]).Append(random.Next(3) == 0 ? " = " : "=")
                        .Append(random.Next(2) == 0 ? "value" : Pieces[random.Next(Pieces.Length)]);
                    break;
                default:
                    for (var field = 0; field < 5; field++)
                    {
                        text.Append(random.Next(4) > 0 ? "*" : Fields[random.Next(Fields.Length)]).Append(random.Next(16) == 0 ? "" : " ");
                    }

                    text.Append(random.Next(5) == 0 ? Pieces[random.Next(Pieces.Length)] : "x");
                    break;
            }

            text.Append(random.Next(16) == 0 ? "" : "\n");
        }

        return text.ToString();
    }

    private static byte[] Mutate(Random random, byte[] table)
    {
        var bytes = table.ToList();
        for (var n = random.Next(1, 4); n > 0 && bytes.Count > 0; n--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Next(1, 8)));
                    break;
                case 2:
                    bytes.InsertRange(at, Encoding.Latin1.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
                case 3:
                    var end = Math.Min(bytes.Count, at + random.Next(1, 60));
                    bytes.InsertRange(random.Next(bytes.Count), bytes[at..end]);
                    break;
                default:
                    bytes.InsertRange(at, Encoding.Latin1.GetBytes(Fields[random.Next(Fields.Length)]));
                    break;
            }
        }

        return [.. bytes];
    }

    private static byte[] Noise(Random random)
    {
        var bytes = new byte[random.Next(40)];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>At the daemons' limits: of a command, of a variable, of lines, of comments.</summary>
    private static byte[] Large(Random random) => Encoding.Latin1.GetBytes(random.Next(6) switch
    {
        0 => $"* * * * * {new string('x', random.Next(990, 1005))}\n",
        1 => $"A={new string('x', random.Next(990, 1005))}{(random.Next(2) == 0 ? "\"" : "")}\n@daily x\n",
        2 => $"A=\"{new string('x', random.Next(990, 1005))}\"\n",
        3 => new string('\n', random.Next(9_998, 10_003)) + (random.Next(2) == 0 ? "# c" : ""),
        4 => string.Concat(Enumerable.Repeat("@daily x\n", random.Next(9_999, 10_002))) + (random.Next(2) == 0 ? "#" : ""),
        _ => $"#{new string('x', random.Next(32_760, 32_772))}\n{(random.Next(2) == 0 ? "" : "@daily x\n")}",
    });
}
