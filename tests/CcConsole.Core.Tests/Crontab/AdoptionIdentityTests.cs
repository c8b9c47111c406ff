using System.Text;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using Xunit;

namespace CcConsole.Core.Tests.Crontab;

/// <summary>Adopting and releasing, over random entries of random tables: users' and system tables of each daemon, with and without SHELL,
/// input, tabs, carriage returns and a final line feed.</summary>
public sealed class AdoptionIdentityTests
{
    private const int Entries = 12_000;

    [Fact]
    public void What_can_be_adopted_is_released_to_the_same_bytes_and_every_job_got_the_same_text_and_input()
    {
        var random = new Random(29);
        int adopted = 0, refused = 0, withInput = 0, systems = 0;
        while (adopted < Entries)
        {
            var table = Table(random);
            foreach (var entry in table.Entries.ToList())
            {
                CrontabDocument after;
                try
                {
                    after = Adoption.Adopt(table, entry, "/opt/cc agent", "j", random.Next(2) == 0 ? null : "/run/s 50%", random.Next(2) == 0 ? [] : ["--timeout", "5m"]);
                }
                catch (ProblemException)
                {
                    refused++;
                    continue;
                }

                adopted++;
                var wrapped = (EntryLine)after.Lines[entry.Number - 1];
                var (before, now) = (table.Command(entry), after.Command(wrapped));
                var inner = CommandWrapper.Unwrap(after.Slice(wrapped.CommandSpan), table.Dialect)!;
                Assert.Equal(before.Shell.ToArray(), inner.Command.ToArray());
                Assert.Equal(before.Input(), now.Input());
                Assert.Equal(table.VariableAt(entry, "SHELL") ?? "/bin/sh", inner.Shell);
                Assert.Equal((entry.Schedule.Text, entry.User, entry.IsPaused, entry.Name), (wrapped.Schedule.Text, wrapped.User, wrapped.IsPaused, wrapped.Name));
                for (var number = 1; number <= table.Lines.Count; number++)
                {
                    Assert.True(number == entry.Number || table.Slice(table.Lines[number - 1].Span).SequenceEqual(after.Slice(after.Lines[number - 1].Span)));
                }

                Assert.Equal(RandomTable.Ended(table), Adoption.Release(after, wrapped).ToBytes());
                withInput += before.RawInput is null ? 0 : 1;
                systems += table.IsSystem ? 1 : 0;
            }
        }

        Assert.True(refused < adopted && withInput > Entries / 20 && systems > Entries / 20, $"{refused} {withInput} {systems}");
    }

    private static CrontabDocument Table(Random random)
    {
        var dialect = (CronDialect)random.Next(3);
        var isSystem = random.Next(3) == 0;
        string[] shells = ["", "", "SHELL=/bin/bash\n", "SHELL = '/bin/dash' \n", "SHELL=/usr/bin/fish\n"];
        string[] blanks = [" ", "\t", "  ", " \t "];
        string Blank() => blanks[random.Next(blanks.Length)];
        var text = new StringBuilder(shells[random.Next(shells.Length)]);
        for (var n = random.Next(1, 4); n > 0; n--)
        {
            text.Append(random.Next(3) == 0 ? "#cc: tags=a name=x y\n" : "").Append(random.Next(4) == 0 ? "#cc-paused " : random.Next(4) == 0 ? Blank() : "")
                .Append(random.Next(2) == 0 ? "@daily" : $"5{Blank()}*/2{Blank()}1-5{Blank()}*{Blank()}mon").Append(Blank())
                .Append(isSystem ? $"www-data{Blank()}" : "").Append('x').Append(CommandWrapperTests.RandomCommand(random))
                .Append(random.Next(3) == 0 ? "%in\\%put%" : "").Append(random.Next(12) == 0 ? "\r" : "").Append('\n');
        }

        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        return CrontabDocument.Parse(random.Next(4) == 0 ? bytes.AsSpan(0, bytes.Length - 1) : bytes, dialect, isSystem);
    }
}
