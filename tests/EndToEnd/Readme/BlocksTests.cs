using System.Text.RegularExpressions;
using CcConsole.Tests.Shared;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.Readme;

/// <summary>
/// Every command that the README gives is run: its blocks in their order, in one fresh home, with the published binaries in PATH,
/// against a real host. A block that is not known here fails the test.
/// </summary>
public sealed partial class BlocksTests
{
    [Fact]
    public async Task Every_block_of_commands_works()
    {
        await using LiveHosts hosts = await LiveHosts.StartAsync();
        LiveHost web = await hosts.AddAsync("web01", agent: false);
        // A person's home has what the README's backup takes.
        await web.AsUserAsync("mkdir -m 700 .ssh && touch .ssh/authorized_keys");
        using var home = new ConsoleHome(hosts.SshConfig);
        // ssh(1) finds its configuration by the account's home, whatever HOME says.
        string bin = Path.Combine(home.Folder, "bin"), dist = Path.Combine(home.Folder, "dist");
        Directory.CreateDirectory(bin);
        await ScriptFile.WriteAsync(Path.Combine(bin, "ssh"), $"#!/bin/sh\nexec /usr/bin/ssh -F {hosts.SshConfig} \"$@\"\n");
        Directory.CreateDirectory(dist);
        Directory.CreateSymbolicLink(Path.Combine(dist, "linux-x64"), Published.Folder);
        home.Environment["HOME"] = home.Folder;
        home.Environment["PATH"] = $"{bin}:{Published.Folder}:{Environment.GetEnvironmentVariable("PATH")}";

        IReadOnlyList<string> blocks = ReadmeFile.Blocks("sh");
        Assert.NotEmpty(blocks);
        try
        {
            foreach (string block in blocks)
            {
                ProgramResult run = await ProgramRun.RunAsync("/bin/sh", ["-e", "-c", Runnable(block)], home.Environment, directory: home.Folder, seconds: 300);
                Assert.True(run.Code == 0, $"{block}\n{run}");
            }
        }
        finally
        {
            // By its file: the daemon starts itself anew with a clean environment, and is called "exe" then.
            await web.AsRootAsync($"for p in $(find /proc -maxdepth 2 -path '/proc/[0-9]*/exe' -lname '{web.Agent}*' -printf '%h ' 2>/dev/null); do kill -TERM ${{p#/proc/}} 2>/dev/null; done; true");
        }
    }

    /// <summary>What of a block is run here.</summary>
    private static string Runnable(string block)
    {
        if (block.StartsWith("./publish.sh && ", StringComparison.Ordinal))
        {
            // tests/run.sh runs these tests, and has run publish.sh before: both must be there, and the demo must hold.
            string[] lines = block.TrimEnd('\n').Split('\n');
            Assert.Equal(2, lines.Length);
            Assert.Equal("tests/run.sh", lines[1]);
            foreach (string script in (string[])["publish.sh", "tests/run.sh"])
                Assert.True(File.GetUnixFileMode(Path.Combine(Published.Tree, script)).HasFlag(UnixFileMode.UserExecute), script);
            return lines[0]["./publish.sh && ".Length..];
        }
        // A user's own host, and verbs beside it.
        if (block.StartsWith("ssh web01 ", StringComparison.Ordinal) || block.Split('\n').All(line => line.Length == 0 || Console().IsMatch(line))) return block;
        throw new Xunit.Sdk.XunitException($"no test knows how to run this block of the README:\n{block}");
    }

    [GeneratedRegex("^(ssh web01 .* [|] )?cc-console [a-z]")]
    private static partial Regex Console();
}
