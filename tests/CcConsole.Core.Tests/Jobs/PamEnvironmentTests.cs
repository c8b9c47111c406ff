using System.Text;
using CcConsole.Core.Jobs;
using Xunit;

namespace CcConsole.Core.Tests.Jobs;

public class PamEnvironmentTests
{
    private const string Debian = """
        /etc/pam.d/common-session-noninteractive:session optional pam_umask.so
        /etc/pam.d/cron:@include common-auth
        /etc/pam.d/cron:session       required   pam_env.so
        /etc/pam.d/cron:session       required   pam_env.so envfile=/etc/default/locale
        /etc/pam.d/cron:@include common-session-noninteractive
        /etc/pam.d/login:session required pam_env.so envfile=/etc/login-only
        """;

    private const string Fedora = """
        /etc/pam.d/crond:account    include    password-auth
        /etc/pam.d/crond:session    include    password-auth
        /etc/pam.d/crond:auth       include    password-auth
        /etc/pam.d/password-auth:auth        required      pam_env.so
        /etc/pam.d/password-auth:-session [success=1 default=ignore] pam_env.so envfile=/etc/more
        /etc/pam.d/password-auth:session substack password-auth
        /etc/pam.d/password-auth:session required pam_env.so readenv=0 envfile=/etc/never
        """;

    [Fact]
    public void The_files_are_those_of_the_daemons_own_service_in_its_order()
    {
        Assert.Equal(["/etc/environment", "/etc/default/locale"], PamEnvironment.Files(Encoding.UTF8.GetBytes(Debian), "cron"));
        Assert.Equal([], PamEnvironment.Files(Encoding.UTF8.GetBytes(Debian), "crond"));
    }

    [Fact]
    public void Included_stacks_are_followed_and_one_that_includes_itself_ends()
    {
        IReadOnlyList<string> files = PamEnvironment.Files(Encoding.UTF8.GetBytes(Fedora), "crond");
        Assert.Equal("/etc/environment", files[0]);
        Assert.Contains("/etc/more", files);
        Assert.DoesNotContain("/etc/never", files);
    }

    [Theory]
    [InlineData("A=b", "A=b")]
    [InlineData("  export A=b c # d", "A=b c ")]
    [InlineData("A=\"b c\"", "A=b c")]
    [InlineData("A='b\"", "A=b")]
    [InlineData("A=\"b", "A=b")]
    [InlineData("A=\"b\" ", "A=b\" ")]
    [InlineData("A=\"", "A=")]
    [InlineData("A=", "A=")]
    [InlineData("A=b\nA", "")]
    [InlineData("=b", "")]
    [InlineData("A-B=c", "")]
    [InlineData("# A=b", "")]
    [InlineData("A=b\nA=c", "A=c")]
    public void A_file_is_read_as_pam_env_reads_it(string file, string variables)
    {
        var into = new CronVariables();
        PamEnvironment.Read(Encoding.UTF8.GetBytes(file), into);
        Assert.Equal(variables, string.Join('|', into.All.Select(Encoding.UTF8.GetString)));
    }
}
