using System.Text;
using CcConsole.Core.Jobs;
using Xunit;

namespace CcConsole.Core.Tests.Jobs;

/// <summary>The daemons that do not run here; debian's is held against the real one in EndToEnd.</summary>
public class CronStartTests
{
    private static readonly RunFacts Facts = new()
    {
        Implementation = "cronie",
        User = "alice",
        Uid = 1000,
        Gid = 1000,
        Home = "/home/alice"u8.ToArray(),
        Become = BecomeUser.Same,
        DirectoryExists = true,
        PamRules = "/etc/pam.d/crond:session required pam_env.so"u8.ToArray(),
        VariableFiles = new Dictionary<string, byte[]> { ["/etc/environment"] = "EDITOR=vi\nPATH=/x"u8.ToArray() },
    };

    [Fact]
    public void Cronie_sets_USER_and_LOGNAME_whatever_the_table_says_and_leaves_CRON_TZ_a_variable()
    {
        CronStart start = Of(Facts, false, ("LOGNAME", "root"), ("USER", "root"), ("CRON_TZ", "Asia/Tokyo"), ("SHELL", "/bin/bash"));
        Assert.Equal("EDITOR=vi|PATH=/usr/bin:/bin|LOGNAME=alice|USER=alice|CRON_TZ=Asia/Tokyo|SHELL=/bin/bash|HOME=/home/alice", Environment(start));
        Assert.Equal(("/bin/bash", "/home/alice"), (Text(start.Shell), Text(start.Directory)));
    }

    [Fact]
    public void Cronie_reads_a_tilde_and_starts_nothing_in_a_home_that_is_not_there()
    {
        Assert.Equal("/home/alice/jobs", Text(Of(Facts, false, ("HOME", "~/jobs")).Directory));
        ProblemException problem = Assert.Throws<ProblemException>(() => Of(Facts with { DirectoryExists = false }, false, ("HOME", "/gone")));
        Assert.Contains("/gone cannot be entered by alice", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cronie_opens_no_session_for_roots_entries_of_system_tables()
    {
        RunFacts root = Facts with { User = "root", Uid = 0 };
        Assert.DoesNotContain("EDITOR", Environment(Of(root, true)), StringComparison.Ordinal);
        Assert.Contains("EDITOR", Environment(Of(root, false)), StringComparison.Ordinal);
        Assert.Contains("EDITOR", Environment(Of(Facts, true)), StringComparison.Ordinal);
    }

    [Fact]
    public void Cronie_with_P_hands_down_its_own_PATH_or_it_is_said_that_it_cannot_be_seen()
    {
        RunFacts keeps = Facts with { KeepsPath = true };
        CronStart seen = Of(keeps with { DaemonEnvironment = "LANG=C\0PATH=/opt/bin\0"u8.ToArray() }, false);
        Assert.Contains("|PATH=/opt/bin", "|" + Environment(seen), StringComparison.Ordinal);
        Assert.DoesNotContain("LANG", Environment(seen), StringComparison.Ordinal);
        Assert.Empty(seen.Notes);
        Assert.Contains("-P", Assert.Single(Of(keeps, false).Notes), StringComparison.Ordinal);
        Assert.Empty(Of(keeps, false, ("PATH", "/mine")).Notes);
    }

    [Fact]
    public void Busybox_hands_down_its_own_environment_and_takes_SHELL_and_PATH_alone_from_the_table()
    {
        RunFacts busybox = Facts with { Implementation = "busybox", DaemonEnvironment = "PATH=/sbin:/bin\0RC_SVCNAME=crond\0HOME=/root\0"u8.ToArray() };
        CronStart start = Of(busybox, false, ("SHELL", "ash"), ("HOME", "/elsewhere"), ("GREETING", "x"));
        Assert.Equal("PATH=/sbin:/bin|RC_SVCNAME=crond|HOME=/home/alice|LOGNAME=alice|USER=alice|SHELL=ash", Environment(start));
        // Looked up in PATH (execlp), not taken from the directory.
        Assert.Equal(("ash", "/home/alice"), (Text(start.Shell), Text(start.Directory)));
        CronStart unseen = Of(busybox with { DaemonEnvironment = null, DirectoryExists = false }, false, ("PATH", "/mine"));
        Assert.Equal(("PATH=/mine", "/var/spool/cron"), (Environment(unseen).Split('|')[0], Text(unseen.Directory)));
        Assert.Equal(2, unseen.Notes.Count);
    }

    private static CronStart Of(RunFacts facts, bool system, params (string Name, string Value)[] table) => CronStart.Of(
        facts, [.. table.Select(variable => new TableVariable(Encoding.UTF8.GetBytes(variable.Name), Encoding.UTF8.GetBytes(variable.Value)))], system);

    private static string Environment(CronStart start) => string.Join('|', start.Environment.Select(Encoding.UTF8.GetString));

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
