using CcConsole.Core.Crontab;
using Xunit;

namespace CcConsole.Core.Tests.Crontab;

public class WrapperFlagsTests
{
    [Theory]
    [InlineData("", "--timeout", "5m", "--timeout 5m")]
    [InlineData("--mail never", "--timeout", "5m", "--mail never --timeout 5m")]
    [InlineData("--timeout 1m --mail never", "--timeout", "5m", "--timeout 5m --mail never")]
    [InlineData("--timeout=1m --mail never", "--timeout", "5m", "--timeout 5m --mail never")]
    [InlineData("--timeout 1m --nice 3 --timeout=2m", "--timeout", "5m", "--timeout 5m --nice 3")]
    [InlineData("--workdir --timeout --timeout 1m", "--timeout", "5m", "--workdir --timeout --timeout 5m")]
    [InlineData("--allow-privileges --nice 3", "--nice", null, "--allow-privileges")]
    [InlineData("--nice 3", "--umask", null, "--nice 3")]
    public void A_flag_is_set_in_its_place_and_taken_away(string flags, string name, string? value, string expected) =>
        Assert.Equal(Words(expected), WrapperFlags.With(Words(flags), name, value));

    [Theory]
    [InlineData("--mail always --overlap skip --retries 3 --retry-delay 5m --nice -5 --umask 027", "")]
    [InlineData("--limit-memory 2g --limit-processes 40 --limit-cpu 1h --limit-files=64", "")]
    [InlineData("", "--overlap sometimes")]
    [InlineData("", "--retries 101")]
    [InlineData("", "--nice +x")]
    [InlineData("", "--umask 0o22")]
    [InlineData("", "--limit-memory -1G")]
    [InlineData("", "--limit-memory 9999999999999999999")]
    [InlineData("", "--limit-files 3")]
    public void Of_another_wrappers_flags_those_are_kept_whose_value_means_something(string known, string unknown)
    {
        var parted = WrapperFlags.Part([.. Words(known), .. Words(unknown)]);
        Assert.Equal(Words(known), parted.Known);
        Assert.Equal(Words(unknown), parted.Unknown);
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
