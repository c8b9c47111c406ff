using System.Text;
using CcAgent.Exec;
using CcConsole.Core;
using CcConsole.Core.Jobs;
using Xunit;

namespace CcAgent.Tests.Exec;

public class CommandLineTests
{
    [Fact]
    public void The_last_arguments_are_cut_out_of_the_raw_command_line()
    {
        byte[] line = [.. "agent\0exec\0--\0a b\0\0"u8, 0xff, 0];
        Assert.Equal<byte[]>(["a b"u8.ToArray(), [], [0xff]], RawArguments.Split(line, 3));
        Assert.Equal<byte[]>([[0xff]], RawArguments.Split(line, 1));
        Assert.Equal(6, RawArguments.Split(line, 6).Length);
        Assert.Equal("agent", Encoding.UTF8.GetString(RawArguments.Split(line, 6)[0]));
    }

    [Fact]
    public void Options_are_read_in_both_spellings_and_the_command_is_left_alone()
    {
        var options = ExecOptions.Parse(["--job-id=a=b", "--mail", "never", "--timeout=90", "--allow-privileges", "--", "cmd", "--job-id", "x", "--"]);
        Assert.Equal(("a=b", MailPolicy.Never, 4, true), (options.JobId, options.Mail, options.CommandLength, options.AllowPrivileges));
        Assert.Equal(TimeSpan.FromSeconds(90), options.Timeout);
        Assert.Throws<ProblemException>(() => ExecOptions.Parse(["--job-id", "--", "x"]));
        Assert.Throws<ProblemException>(() => ExecOptions.Parse(["--job-id", new string('x', 257), "--", "x"]));
    }

    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("7", 7.0)]
    [InlineData("5m", 300.0)]
    [InlineData("2h", 7200.0)]
    [InlineData("1d", 86400.0)]
    [InlineData("0", null)]
    [InlineData("", null)]
    [InlineData("5 m", null)]
    [InlineData("-5", null)]
    [InlineData("1.5s", null)]
    [InlineData("99999999999", null)]
    [InlineData("36525d", 3155760000.0)]
    [InlineData("36526d", null)]
    [InlineData("999999999d", null)]
    public void Times_are_read(string text, double? seconds) => Assert.Equal(seconds, Duration.Parse(text)?.TotalSeconds);
}
