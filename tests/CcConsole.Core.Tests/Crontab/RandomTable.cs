using System.Text;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;

namespace CcConsole.Core.Tests.Crontab;

/// <summary>Tables of every kind of line, and of lines that are none.</summary>
internal static class RandomTable
{
    private static readonly string[] Lines =
    [
        "# a comment", "  # indented", "#", "#cc: name=A name", "#cc: tags=a,b name=A name", "#cc: tags=x owner=y", "#cc-paused @daily paused",
        "#cc-paused not an entry", "", "  \t", "SHELL=/bin/bash", "MAILTO=\"\"", "PATH = /usr/bin:/bin  ", "A='b c'\t", "\"Q R\"=x", "FOO=bar\r",
        "*/5 * * * * USERone", " 0 3 * * *\tUSERtwo %in%put", "@reboot USERthree\r", "0 0 1,15 * 5 USERa 'b' \\\\ \\% \"c\"", "@daily USER/a exec --job-id 'k' -- /bin/sh -c 'x y'",
        "not a line", "61 * * * * USERx", "\u00ff\u00fe raw", "30 4 * * sun USER\u00fcml\u00e4ut",
    ];

    public static CrontabDocument Create(Random random)
    {
        var dialect = (CronDialect)random.Next(3);
        var isSystem = random.Next(3) == 0;
        var text = new StringBuilder();
        for (var n = random.Next(1, 12); n > 0; n--)
        {
            text.Append(Lines[random.Next(Lines.Length)].Replace("USER", isSystem ? "root\t " : "", StringComparison.Ordinal)).Append('\n');
        }

        var bytes = random.Next(2) == 0 ? Encoding.UTF8.GetBytes(text.ToString()) : Encoding.Latin1.GetBytes(text.ToString());
        return CrontabDocument.Parse(random.Next(4) == 0 ? bytes.AsSpan(0, bytes.Length - 1) : bytes, dialect, isSystem);
    }

    /// <summary>The bytes of a table with its final line feed.</summary>
    public static byte[] Ended(CrontabDocument table) => table.HasFinalNewline ? table.ToBytes() : [.. table.Bytes, (byte)'\n'];
}
