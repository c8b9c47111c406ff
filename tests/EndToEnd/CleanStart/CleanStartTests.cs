using System.Diagnostics;
using System.Text;
using CcConsole.Tests.Shared;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.CleanStart;

/// <summary>
/// Variables that could change what the agent itself does never reach its own code, and its jobs have all of them, byte for
/// byte. What the published agent is, no other build can show: the runtime's settings and the loader's are read before its
/// first line.
/// </summary>
public sealed class CleanStartTests(OddEnvironment odd) : IClassFixture<OddEnvironment>
{
    private static readonly string[] Settings =
    [
        "DOTNET_GCHeapHardLimit=1", "DOTNET_GCHeapHardLimit=100000", "COMPlus_GCHeapHardLimit=1", "DOTNET_gcServer=1", "DOTNET_GCHeapCount=zz",
        "DOTNET_GCgen0size=1", "DOTNET_GCName=/nowhere/gc.so", "DOTNET_GCHeapAffinitizeMask=0", "DOTNET_EnableEventPipe=1",
        "DOTNET_DbgEnableMiniDump=1", "GCONV_PATH=/nowhere", "LOCPATH=/nowhere", "NLSPATH=/nowhere/%N", "TMPDIR=/nowhere",
        "LOCALE_ARCHIVE=/nowhere", "RES_OPTIONS=debug", "HOSTALIASES=/nowhere", "OPENSSL_CONF=/nowhere", "OPENSSL_MODULES=/nowhere", "CLR_OPENSSL_VERSION_OVERRIDE=0",
    ];

    private static readonly string[] Loader =
        ["LD_LIBRARY_PATH=/nowhere", "LD_BIND_NOW=1", "MALLOC_ARENA_MAX=1", "GLIBC_TUNABLES=glibc.malloc.tcache_count=0"];

    public static TheoryData<string> Each => [.. Settings, .. Loader];

    [Theory]
    [MemberData(nameof(Each))]
    public async Task A_setting_of_the_job_is_none_of_the_wrappers(string variable)
    {
        string[] entries = ["PATH=/usr/bin:/bin", variable, "LAST=1"];
        // The job looks at its wrapper: how many threads it has, and what it has mapped.
        const string script = "ls /proc/$PPID/task | wc -l; sed 's/.* //' /proc/$PPID/maps | grep ^/ | sort -u; exit 9";
        var (plain, set) = (await odd.RunAsync(entries[..1], odd.Exec("/bin/sh", "-c", script)), await odd.RunAsync(entries, odd.Exec("/bin/sh", "-c", script)));
        Assert.Equal((9, 9), (plain.Code, set.Code));
        Assert.Equal(plain.Output, set.Output);
        Assert.Equal(plain.Error, set.Error);
        var seen = await odd.RunAsync(entries, odd.Exec("/bin/cat", "/proc/self/environ"));
        Assert.Equal(string.Join('\0', entries) + "\0", seen.Output);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_job_has_its_environment_byte_for_byte(bool withLoader)
    {
        byte[][] entries =
        [
            .. Settings.Select(Encoding.UTF8.GetBytes), "TWICE=1"u8.ToArray(), "TWICE=2"u8.ToArray(), "DOTNET_TWICE=1"u8.ToArray(), "DOTNET_TWICE=2"u8.ToArray(),
            "no equals sign"u8.ToArray(), "TMPDIR"u8.ToArray(), "EMPTY="u8.ToArray(), "=odd"u8.ToArray(), [.. "LATIN="u8, 0xE9, 0xFF, 0x80], "NL=a\nb"u8.ToArray(),
            "CC_AGENT_ENVIRONMENT=0"u8.ToArray(), "CC_AGENT_ENVIRONMENT=1x"u8.ToArray(), [.. "LONG="u8, .. Enumerable.Repeat((byte)'x', 100_000)],
            .. withLoader ? Loader.Select(Encoding.UTF8.GetBytes) : [], "LAST=1"u8.ToArray(),
        ];
        var (unwrapped, wrapped) = (await odd.RunAsync(entries, "/bin/cat", "/proc/self/environ"), await odd.RunAsync(entries, odd.Exec("/bin/cat", "/proc/self/environ")));
        Assert.Equal(0, wrapped.Code);
        Assert.Equal(entries.SelectMany(entry => (byte[])[.. entry, 0]), unwrapped.OutputBytes);
        Assert.Equal(unwrapped.OutputBytes, wrapped.OutputBytes);
        // The descriptor that carried it is not the job's.
        var descriptors = await odd.RunAsync(entries, "/bin/ls", "/proc/self/fd");
        Assert.Equal(descriptors.Output, (await odd.RunAsync(entries, odd.Exec("/bin/ls", "/proc/self/fd"))).Output);
    }

    [Theory]
    [InlineData("LD_PRELOAD")]
    [InlineData("LD_AUDIT")]
    public async Task A_library_that_a_table_loads_into_its_jobs_is_not_in_the_wrapper(string variable)
    {
        string[] entries = ["PATH=/usr/bin:/bin", $"{variable}={odd.Evil}"];
        var job = await odd.RunAsync(entries, odd.Exec("/bin/cat", "/proc/self/maps"));
        Assert.Contains("/evil.so", job.Output, StringComparison.Ordinal);
        var wrapper = await odd.RunAsync(entries, odd.Exec("/bin/sh", "-c", "cat /proc/$PPID/maps"));
        Assert.Contains("/cc-agent", wrapper.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("/evil.so", wrapper.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("daemon", "LD_PRELOAD")]
    [InlineData("daemon", "LD_AUDIT")]
    [InlineData("serve", "LD_PRELOAD")]
    [InlineData("serve", "LD_AUDIT")]
    public async Task What_serves_others_runs_without_the_loaders_variables(string verb, string variable)
    {
        var folder = Directory.CreateTempSubdirectory("cc-clean-dir-").FullName;
        var start = new ProcessStartInfo(Published.Agent, [verb, "--dir", folder]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment[variable] = odd.Evil;
        start.Environment["DOTNET_GCHeapHardLimit"] = "1";
        using var process = Process.Start(start)!;
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            if (verb == "daemon")
            {
                while (await process.StandardError.ReadLineAsync(limit.Token) is { } line && !line.StartsWith("cc-agent: ready", StringComparison.Ordinal))
                {
                }
            }
            else
            {
                await process.StandardInput.WriteLineAsync("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"hello\",\"params\":{\"client\":\"test\",\"protocol\":1}}");
                await process.StandardInput.FlushAsync(limit.Token);
                Assert.Contains("\"result\"", await process.StandardOutput.ReadLineAsync(limit.Token), StringComparison.Ordinal);
            }

            var maps = await File.ReadAllTextAsync($"/proc/{process.Id}/maps", limit.Token);
            Assert.Contains("/cc-agent", maps, StringComparison.Ordinal);
            Assert.DoesNotContain("/evil.so", maps, StringComparison.Ordinal);
            // The kernel's own record of what the program was started with.
            Assert.DoesNotContain("evil.so", await File.ReadAllTextAsync($"/proc/{process.Id}/environ", limit.Token), StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Where_it_cannot_start_again_a_job_runs_all_the_same_and_a_daemon_does_not()
    {
        // Without /proc nothing leads to the program itself; in a mount namespace of its own.
        var script = $"""
            mount -t tmpfs tmpfs /proc || exit 99
            export LD_PRELOAD={odd.Evil} DOTNET_GCHeapHardLimit=1
            {string.Join(' ', odd.Exec("/bin/sh", "-c", "'exit 7'"))}; echo "job: $?"
            {Published.Agent} daemon --dir {odd.Folder}; echo "daemon: $?"
            {Published.Agent} serve --dir {odd.Folder} </dev/null; echo "serve: $?"
            """;
        var result = await ProgramRun.RunAsync("/usr/bin/unshare", ["--mount", "--propagation", "private", "/bin/sh", "-c", script]);
        Assert.Equal("job: 7\ndaemon: 2\nserve: 2\n", result.Output);
        Assert.Contains("unset LD_*", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_agent_has_nothing_that_would_read_a_locale_or_a_converter()
    {
        // GCONV_PATH, LOCPATH and NLSPATH matter to these alone.
        var names = await ProgramRun.RunAsync("/usr/bin/env", ["nm", "-D", "--undefined-only", Published.Agent]);
        Assert.Contains(" getenv@", names.Output, StringComparison.Ordinal);
        foreach (var name in (string[])["iconv", "setlocale", "newlocale", "uselocale", "catopen", "gettext", "dcgettext"])
            Assert.DoesNotContain($" {name}", names.Output, StringComparison.Ordinal);
    }
}
