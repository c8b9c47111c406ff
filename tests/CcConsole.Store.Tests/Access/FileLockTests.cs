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
    public void A_file_of_others_is_no_lock()
    {
        File.WriteAllText(FilePath, "");
        File.SetUnixFileMode(FilePath, (UnixFileMode)0b110_110_110);
        Assert.Contains("open to other users", Assert.Throws<ProblemException>(() => FileLock.TryTake(FilePath)).Message);
        Assert.Throws<ProblemException>(() => FileLock.Take(Path.Combine(_root, "missing", "lock")));
    }
}
