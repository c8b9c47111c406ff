using System.Globalization;
using Xunit;

namespace CcAgent.Tests.Harness;

/// <summary>A file system of a few MiB for one daemon, whose room a test takes and gives back.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly SecureFolder _folder = new();

    private SmallDisk()
    {
    }

    /// <summary>The daemon's folder.</summary>
    internal string Path => _folder.Path + "/small";

    internal string Socket => Path + "/cc-agent.sock";

    private string Filler => Path + "/filler";

    /// <param name="megabytes">How large it is.</param>
    /// <param name="kind">tmpfs; ramfs, which has no attributes and no bound; or ext4 on a loop device.</param>
    /// <param name="settings">The agent's settings in it; the tables are not watched.</param>
    internal static async Task<SmallDisk> MakeAsync(int megabytes, string kind = "tmpfs", string settings = "{\"watch\": false}")
    {
        var disk = new SmallDisk();
        var size = megabytes.ToString(CultureInfo.InvariantCulture) + "m";
        var made = await AgentProgram.ShellAsync(kind is "tmpfs" or "ramfs"
            ? $"mkdir -m 0700 {disk.Path} && mount -t {kind} -o size={size},mode=0700 {kind} {disk.Path}"
            : $"""
            mkdir -m 0700 {disk.Path} && truncate -s {size} {disk.Path}.image && PATH=$PATH:/sbin:/usr/sbin mkfs.ext4 -q -m 0 -E lazy_itable_init=0 {disk.Path}.image &&
            mount -o loop {disk.Path}.image {disk.Path} && chmod 0700 {disk.Path}
            """);
        Assert.True(made.Code == 0, made.ToString());
        await File.WriteAllTextAsync(disk.Path + "/settings.json", settings);
        return disk;
    }

    /// <summary>Takes all the room there is.</summary>
    internal async Task FillAsync()
    {
        // In ever smaller pieces: dd gives up at the first that does not fit.
        await AgentProgram.ShellAsync($"for piece in 64k 4k 1k 1; do dd if=/dev/zero bs=$piece oflag=append conv=notrunc 2>/dev/null | cat >>{Filler}; cat /dev/zero >>{Filler}; done 2>/dev/null");
        Assert.NotEqual(0, (await AgentProgram.ShellAsync($"head -c 8192 /dev/zero >{Path}/more")).Code);
        File.Delete(Path + "/more");
        await AgentProgram.ShellAsync($"cat /dev/zero >>{Filler}");
    }

    /// <summary>Takes what room there is at this moment; a daemon may let go of some of its own then.</summary>
    internal Task TakeAsync() => AgentProgram.ShellAsync($"cat /dev/zero >>{Filler}");

    /// <summary>Gives it back.</summary>
    internal void Empty() => File.Delete(Filler);

    public async ValueTask DisposeAsync()
    {
        // What was killed with the daemon, as what seals its log, may hold it a moment longer.
        await AgentProgram.ShellAsync($"chattr -R -a {Path}/audit 2>/dev/null; n=0; until ! mountpoint -q {Path} || umount {Path} || [ $n -gt 500 ]; do sleep 0.1; n=$((n+1)); done");
        _folder.Dispose();
    }
}
