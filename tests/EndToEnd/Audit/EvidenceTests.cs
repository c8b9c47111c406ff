using System.Text.Json;
using CcConsole.Tests.Shared;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.Audit;

/// <summary>
/// Must show 3: what the published console exports of a real agent's chain is checked by the script in it and by openssl, as its README.txt tells
/// its reader to; and every file of it, tampered with, is named.
/// </summary>
public sealed class EvidenceTests
{
    [Fact]
    public async Task An_export_is_checked_on_its_own_by_python_and_openssl_and_every_file_that_is_tampered_with_is_named()
    {
        await using LiveHosts hosts = await LiveHosts.StartAsync(daemon: false);
        await hosts.AddAsync("web01");
        using var home = new ConsoleHome(hosts.SshConfig);
        await home.GoodAsync("host", "add", "web01");
        await home.GoodAsync("job", "add", "web01", "5 4 * * *", "echo \"it's 100% \\\\ ünï\"; exit 3", "--name", "odd", "--job-id", "odd", "--yes");
        for (int i = 0; i < 3; i++) await home.RunAsync("job", "run", "web01", "odd");
        await home.GoodAsync("job", "edit", "web01", "odd", "--schedule", "6 4 * * *", "--yes");
        long last = await LastProvenAsync(home, "crontab.edited");
        // From here on nothing asks the host.
        await hosts.Sshd.StopAsync();

        using JsonDocument told = JsonDocument.Parse((await home.GoodAsync("audit", "export", "web01", "case", "--evidence", "--json", "--job", "odd", "--last", $"{last}")).Output);
        Assert.True(told.RootElement.GetProperty("entries").GetInt64() >= 3, told.RootElement.ToString());
        Assert.Equal(told.RootElement.GetProperty("entries").GetInt64(), told.RootElement.GetProperty("proven").GetInt64());
        Assert.True(told.RootElement.GetProperty("whole_ratchet").GetBoolean());
        string folder = Path.Combine(home.Folder, "case");
        await SameLinesAsync(home, folder, last);

        await ReadmeCommandsWorkAsync(folder, told.RootElement.GetProperty("manifest").GetString()!);
        await TamperingIsNamedAsync(home, folder);

        await home.GoodAsync("audit", "export", "web01", "whole.tar.gz", "--evidence");
        Assert.Equal(0, (await ProgramRun.RunAsync("tar", ["-xzf", "whole.tar.gz"], directory: home.Folder)).Code);
        ProgramResult whole = await ProgramRun.RunAsync("python3", ["whole/verify.py"], directory: home.Folder);
        // Of the whole copy the newest entries are linked only: the last pull's own entry at least is not signed.
        Assert.True(whole.Code is 0 or 2, whole.ToString());
        Assert.DoesNotContain("WRONG", whole.Output, StringComparison.Ordinal);
    }

    /// <summary>Pulls until a checkpoint covers the newest entry of an event, and gives its sequence.</summary>
    private static async Task<long> LastProvenAsync(ConsoleHome home, string name)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            await home.GoodAsync("audit", "pull", "web01");
            using JsonDocument list = JsonDocument.Parse((await home.GoodAsync("audit", "list", "web01", "--event", name, "--limit", "1", "--json")).Output);
            long seq = list.RootElement[0].GetProperty("seq").GetInt64();
            using JsonDocument shown = JsonDocument.Parse((await home.GoodAsync("audit", "show", "web01", $"{seq}", "--json")).Output);
            if (shown.RootElement.GetProperty("proof").GetProperty("checkpoint").ValueKind == JsonValueKind.Object) return seq;
            await Task.Delay(500, limit.Token);
        }
    }

    /// <summary>The exported lines are those of the copy, byte for byte.</summary>
    private static async Task SameLinesAsync(ConsoleHome home, string folder, long last)
    {
        await home.GoodAsync("audit", "export", "web01", "all.jsonl");
        string[] all = await File.ReadAllLinesAsync(Path.Combine(home.Folder, "all.jsonl"));
        string[] wanted = [.. all.Take((int)last + 1).Where(line => line.Contains("\"job_id\": \"odd\"", StringComparison.Ordinal))];
        Assert.Equal(wanted, await File.ReadAllLinesAsync(Path.Combine(folder, "entries.jsonl")));
    }

    private static async Task ReadmeCommandsWorkAsync(string folder, string manifest)
    {
        string[] commands = [.. (await File.ReadAllLinesAsync(Path.Combine(folder, "README.txt"))).Where(line => line.StartsWith("    ", StringComparison.Ordinal)).Select(line => line.Trim())];
        Assert.Equal(["python3 verify.py", "sha256sum -c MANIFEST"], commands[..2]);
        Assert.StartsWith("openssl dgst -sha256 -verify keys/", Assert.Single(commands[2..]), StringComparison.Ordinal);
        // On a machine where nothing of ours is in reach.
        var bare = new Dictionary<string, string?> { ["HOME"] = folder };
        string said = "";
        foreach (string command in commands)
        {
            ProgramResult run = await ProgramRun.RunAsync("/bin/sh", ["-c", command], bare, directory: folder);
            Assert.True(run.Code == 0, $"{command}\n{run}");
            said += run.Output;
        }
        Assert.Contains("RESULT: PROVEN", said, StringComparison.Ordinal);
        Assert.Contains(manifest, said, StringComparison.Ordinal);
        Assert.Contains("Verified OK", said, StringComparison.Ordinal);

        // And openssl does not say so of anything.
        string note = Directory.GetFiles(Path.Combine(folder, "notes"), "*.txt").MaxBy(file => long.Parse(Path.GetFileNameWithoutExtension(file), System.Globalization.CultureInfo.InvariantCulture))!;
        byte[] before = await File.ReadAllBytesAsync(note);
        await File.WriteAllBytesAsync(note, Flipped(before, before.Length - 3));
        Assert.NotEqual(0, (await ProgramRun.RunAsync("/bin/sh", ["-c", commands[2]], bare, directory: folder)).Code);
        await File.WriteAllBytesAsync(note, before);
    }

    private static async Task TamperingIsNamedAsync(ConsoleHome home, string folder)
    {
        string script = Path.Combine(home.Folder, "verify-from-elsewhere.py");
        File.Copy(Path.Combine(folder, "verify.py"), script);
        string python = (await ProgramRun.RunAsync("python3", ["-c", "import sys; print(sys.executable)"])).Output.Trim();
        var random = new Random(3);
        string[] files = [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories)];
        foreach (string kind in (string[])["entries.jsonl", "checkpoints.jsonl", "announcements.jsonl", "genesis.jsonl", "tree.txt", "export.json", "README.txt", "verify.py", "MANIFEST", ".pem", ".sig"])
            Assert.Contains(files, file => file.EndsWith(kind, StringComparison.Ordinal));
        foreach (string file in files)
        {
            string name = Path.GetRelativePath(folder, file);
            byte[] before = await File.ReadAllBytesAsync(file);
            foreach (int at in (int[])[0, random.Next(before.Length), random.Next(before.Length), before.Length - 1])
            {
                await File.WriteAllBytesAsync(file, Flipped(before, at));
                ProgramResult run = await ProgramRun.RunAsync(python, [script, folder]);
                Assert.True(run.Code == 1 && run.Output.Contains("NOT SOUND", StringComparison.Ordinal), $"byte {at} of {name}: {run}");
                Assert.Contains(run.Output.Split('\n'), line => line.StartsWith("WRONG", StringComparison.Ordinal) && line.Contains(name, StringComparison.Ordinal));
            }
            File.Delete(file);
            ProgramResult gone = await ProgramRun.RunAsync(python, [script, folder]);
            Assert.True(gone.Code == 1 && gone.Output.Contains(name, StringComparison.Ordinal), $"without {name}: {gone}");
            await File.WriteAllBytesAsync(file, before);
        }
        await File.WriteAllTextAsync(Path.Combine(folder, "notes", "one-more"), "");
        ProgramResult more = await ProgramRun.RunAsync(python, [script, folder]);
        Assert.True(more.Code == 1 && more.Output.Contains("notes/one-more", StringComparison.Ordinal), more.ToString());
        File.Delete(Path.Combine(folder, "notes", "one-more"));
        Assert.Equal(0, (await ProgramRun.RunAsync(python, [script, folder])).Code);
    }

    private static byte[] Flipped(byte[] bytes, int at)
    {
        byte[] changed = [.. bytes];
        changed[at] ^= 1;
        return changed;
    }
}
