using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CcConsole.Tests.Shared;
using Xunit;

namespace EndToEnd.Harness;

/// <summary>
/// A host whose table the published console changes, always in the same way, while a test interferes at a moment that it chooses: the
/// table is then <see cref="Before"/> or <see cref="After"/>, and the console has to know which.
/// </summary>
internal sealed class EditedHost : IAsyncDisposable
{
    /// <summary>The table at the start.</summary>
    public static readonly byte[] Before = [.. OddTable.Bytes, (byte)'\n'];

    /// <summary>The table once <see cref="Change"/> is made.</summary>
    public static readonly byte[] After = [.. Before, .. "#cc: name=new\n@yearly true\n"u8];

    /// <summary>The verb that makes the change.</summary>
    public static readonly string[] Change = ["job", "add", "web01", "@yearly", "true", "--name", "new", "--no-agent", "--yes", "--json"];

    private static readonly string BeforeHash = Convert.ToHexStringLower(SHA256.HashData(Before));

    private EditedHost(LiveHosts hosts, LiveHost web, CrontabGate gate, ConsoleHome home) => (Hosts, Web, Gate, Home) = (hosts, web, gate, home);

    public LiveHosts Hosts { get; }

    public LiveHost Web { get; }

    public CrontabGate Gate { get; }

    public ConsoleHome Home { get; }

    private string LockFolder => $"/tmp/cc-crontab-lock-{Web.User.Uid}";

    public static async Task<EditedHost> StartAsync(bool agent)
    {
        LiveHosts hosts = await LiveHosts.StartAsync();
        try
        {
            LiveHost web = await hosts.AddAsync("web01", agent);
            await web.PutTableAsync(Before);
            var home = new ConsoleHome(hosts.SshConfig);
            var host = new EditedHost(hosts, web, await CrontabGate.BuildAsync(hosts), home);
            await home.GoodAsync("host", "add", "web01");
            return host;
        }
        catch
        {
            await hosts.DisposeAsync();
            throw;
        }
    }

    /// <summary>The table as it is, which is one of the two.</summary>
    public async Task<bool> IsNewAsync()
    {
        byte[] now = await Web.TableAsync();
        bool isNew = now.AsSpan().SequenceEqual(After);
        Assert.True(isNew || now.AsSpan().SequenceEqual(Before), $"the table is neither the old nor the new one:\n{Encoding.Latin1.GetString(now)}");
        return isNew;
    }

    /// <summary>The table is this one of the two, and the console's journal says the same: an undo has something to take back, or nothing.</summary>
    public async Task HoldsAsync(bool isNew)
    {
        Assert.Equal(isNew, await IsNewAsync());
        ProgramResult undo = await Home.RunAsync("job", "undo", "--host", "web01", "--yes");
        if (isNew) Assert.True(undo.Code == 0, undo.ToString());
        else Refusal.Is(undo, 2, "no change to undo");
        Assert.False(await IsNewAsync());
    }

    /// <summary>What the console printed of the change: its outcome and its words.</summary>
    public static string Outcome(ProgramResult run, int code, params string[] words)
    {
        Assert.True(run.Code == code, run.ToString());
        using JsonDocument change = JsonDocument.Parse(run.Output);
        string message = change.RootElement.GetProperty("message").GetString() ?? "";
        foreach (string word in words) Assert.Contains(word, message, StringComparison.Ordinal);
        return change.RootElement.GetProperty("outcome").GetString()!;
    }

    /// <summary>Holds the lock under which tables are written, so that a write stands before its beginning until the lock is let go.</summary>
    public async Task<IAsyncDisposable> LockAsync()
    {
        Process holder = Hosts.Cron.Start(["/bin/sh", "-c",
            $"install -d -m 700 -o {Web.User.Uid} {LockFolder} && exec flock {LockFolder} /bin/sh -c 'echo held; exec cat'"]);
        Assert.Equal("held", await holder.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)));
        return new Held(holder);
    }

    /// <summary>Waits until the scripts that write the table stand before the lock on the host, and gives their processes.</summary>
    public async Task<IReadOnlyList<int>> WriterAsync(int consoles = 1)
    {
        for (int tries = 0; tries < 2400; tries++)
        {
            List<int> writers = Writers();
            if (writers.Count(IsWaiting) == consoles) return writers;
            await Task.Delay(25);
        }
        throw new TimeoutException("no script came to write the table within 60 s");
    }

    /// <summary>Waits until so many of the account's agents hold, or wait for, the lock of its table's edits: each has a console that has read the table.</summary>
    public async Task EditorsAsync(int consoles)
    {
        for (int tries = 0; tries < 2400; tries++)
        {
            if (OfAccount().Count(IsEditing) == consoles) return;
            await Task.Delay(25);
        }
        throw new TimeoutException($"{OfAccount().Count(IsEditing)} instead of {consoles} agents came to edit the table within 60 s");
    }

    /// <summary>Waits until no such script runs any more.</summary>
    public async Task WriterGoneAsync()
    {
        for (int tries = 0; Writers().Count > 0; tries++)
        {
            if (tries == 2400) throw new TimeoutException("the script that writes the table did not end within 60 s");
            await Task.Delay(25);
        }
    }

    public static async Task SignalAsync(string signal, IEnumerable<int> processes)
    {
        using Process kill = Process.Start("kill", [signal, .. processes.Select(process => process.ToString(CultureInfo.InvariantCulture))]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits until somebody has logged in on the host after the first so many times.</summary>
    public async Task LoginAsync(int after)
    {
        for (int tries = 0; Hosts.Sshd.Logins <= after; tries++)
        {
            if (tries == 2400) throw new TimeoutException("nobody logged in within 60 s");
            await Task.Delay(25);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Gate.Dispose();
        await Hosts.Sshd.StopAsync();
        await WriterGoneAsync();
        await Hosts.DisposeAsync();
        Home.Dispose();
    }

    // The account's processes (not the client's here) whose command line holds what the write expects to find.
    private List<int> Writers() => [.. OfAccount().Where(process => Read(() => File.ReadAllText($"/proc/{process}/cmdline").Contains(BeforeHash, StringComparison.Ordinal)))];

    private IEnumerable<int> OfAccount()
    {
        foreach (string folder in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out int process)
                && Read(() => File.ReadLines($"{folder}/status").Any(line => line.StartsWith($"Uid:\t{Web.User.Uid}\t", StringComparison.Ordinal))))
                yield return process;
        }
    }

    private static bool IsEditing(int process) => Read(() => Directory.GetFiles($"/proc/{process}/fd")
        .Any(descriptor => new FileInfo(descriptor).LinkTarget is { } file && file.Contains("/edits/", StringComparison.Ordinal) && file.EndsWith(".lock", StringComparison.Ordinal)));

    // A script that finds the lock taken sleeps for a second, and tries again.
    private static bool IsWaiting(int process) => Read(() => File.ReadAllText($"/proc/{process}/task/{process}/children")
        .Split(' ', StringSplitOptions.RemoveEmptyEntries).Any(child => File.ReadAllText($"/proc/{child}/comm") == "sleep\n"));

    // False of a process that has ended meanwhile.
    private static bool Read(Func<bool> look)
    {
        try
        {
            return look();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private sealed class Held(Process holder) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            holder.StandardInput.Close();
            await holder.WaitForExitAsync();
            holder.Dispose();
        }
    }
}
