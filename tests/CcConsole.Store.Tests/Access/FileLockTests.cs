using System.Runtime.InteropServices;
using CcConsole.Core;
using CcConsole.Store.Access;
using Xunit;

namespace CcConsole.Store.Tests.Access;

public sealed class FileLockTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("cc-lock-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string FilePath => Path.Combine(_root, "lock");

    [Fact]
    public void One_holds_it_and_whoever_asks_is_told_so()
    {
        Assert.False(FileLock.IsHeld(FilePath));
        Assert.False(File.Exists(FilePath));
        using (FileLock.Take(FilePath))
        {
            Assert.True(FileLock.IsHeld(FilePath));
            Assert.Null(FileLock.TryTake(FilePath));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        }

        Assert.False(FileLock.IsHeld(FilePath));
    }

    [Fact]
    public void Of_many_who_ask_at_once_for_a_free_one_none_is_told_that_it_is_held()
    {
        FileLock.Take(FilePath).Dispose();
        int held = 0;
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
        {
            for (int i = 0; i < 5_000; i++)
            {
                held += FileLock.IsHeld(FilePath) ? 1 : 0;
            }
        });
        Assert.Equal(0, held);
    }

    [Fact]
    public void Of_many_who_make_it_at_once_to_share_it_none_is_told_that_it_is_held()
    {
        for (int round = 0; round < 200; round++)
        {
            string path = Path.Combine(_root, $"lock{round}");
            FileLock?[] shared = new FileLock?[4];
            using Barrier together = new(shared.Length);
            Thread[] consoles = [.. shared.Select((_, i) => new Thread(() =>
            {
                together.SignalAndWait();
                shared[i] = FileLock.TryShare(path);
            }))];
            Array.ForEach(consoles, console => console.Start());
            Array.ForEach(consoles, console => console.Join());
            Assert.DoesNotContain(null, shared);
            Array.ForEach(shared, held => held!.Dispose());
        }

        Assert.Equal(200, Directory.GetFiles(_root).Length);
    }

    [Fact]
    public void One_that_was_given_up_is_free_though_a_process_that_is_being_started_has_its_descriptor_still()
    {
        FileLock held = FileLock.Take(FilePath);
        int copy = Duplicate(DescriptorOf(FilePath));
        Assert.True(copy >= 0);
        held.Dispose();
        held.Dispose();
        try
        {
            Assert.False(FileLock.IsHeld(FilePath));
            FileLock.TryTake(FilePath)!.Dispose();
        }
        finally
        {
            Assert.Equal(0, Close(copy));
        }
    }

    private static int DescriptorOf(string path)
    {
        foreach (FileSystemInfo descriptor in new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos())
        {
            try
            {
                if (descriptor.LinkTarget == path)
                {
                    return int.Parse(descriptor.Name, System.Globalization.CultureInfo.InvariantCulture);
                }
            }
            catch (IOException)
            {
                // Another test has closed it meanwhile.
            }
        }

        return -1;
    }

    [DllImport("libc", EntryPoint = "dup")]
    private static extern int Duplicate(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);

    [Fact]
    public void A_file_of_others_is_no_lock()
    {
        File.WriteAllText(FilePath, "");
        File.SetUnixFileMode(FilePath, (UnixFileMode)0b110_110_110);
        Assert.Contains("open to other users", Assert.Throws<ProblemException>(() => FileLock.TryTake(FilePath)).Message);
        Assert.Throws<ProblemException>(() => FileLock.Take(Path.Combine(_root, "missing", "lock")));
    }
}
