using CcConsole.Core;
using CcConsole.Store.Access;
using Xunit;

namespace CcConsole.Store.Tests.Access;

public sealed class PrivatePathTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("cc-private-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string At(string name) => Path.Combine(_root, name);

    [Fact]
    public void A_missing_folder_is_made_with_its_parents_closed_to_others()
    {
        PrivatePath.EnsureDirectory(At("a/b"));
        Assert.Equal(Convert.ToInt32("700", 8), (int)File.GetUnixFileMode(At("a/b")));
        Assert.Equal(Convert.ToInt32("700", 8), (int)File.GetUnixFileMode(At("a")));
    }

    [Theory]
    [InlineData("750")]
    [InlineData("701")]
    [InlineData("707")]
    public void A_folder_that_is_open_to_others_is_refused_with_the_command_that_closes_it(string mode)
    {
        PrivatePath.EnsureDirectory(At("d"));
        TemporaryCache.Run("chmod", mode, At("d"));
        ProblemException problem = Assert.Throws<ProblemException>(() => PrivatePath.EnsureDirectory(At("d")));
        Assert.Contains($"mode 0{mode}", problem.Message);
        Assert.Contains("chmod 700", problem.Hint);
    }

    [Fact]
    public void A_folder_or_file_of_another_user_is_refused()
    {
        PrivatePath.EnsureDirectory(At("d"));
        PrivatePath.CreateFile(At("d/f")).Dispose();
        Assert.True(PrivatePath.CheckFile(At("d/f")));
        TemporaryCache.Run("chown", "-R", "54321", At("d"));
        Assert.Contains("54321", Assert.Throws<ProblemException>(() => PrivatePath.CheckFile(At("d/f"))).Message);
        Assert.Contains("54321", Assert.Throws<ProblemException>(() => PrivatePath.EnsureDirectory(At("d"))).Message);
    }

    [Fact]
    public void A_link_that_another_user_placed_is_refused_and_an_own_one_followed()
    {
        PrivatePath.EnsureDirectory(At("real"));
        Directory.CreateSymbolicLink(At("link"), At("real"));
        PrivatePath.CheckDirectory(At("link"));
        TemporaryCache.Run("chown", "-h", "54321", At("link"));
        Assert.Throws<ProblemException>(() => PrivatePath.CheckDirectory(At("link")));
    }

    [Fact]
    public void A_file_where_a_folder_should_be_and_the_reverse_are_refused()
    {
        PrivatePath.CreateFile(At("f")).Dispose();
        PrivatePath.EnsureDirectory(At("d"));
        Assert.Contains("not a folder", Assert.Throws<ProblemException>(() => PrivatePath.EnsureDirectory(At("f"))).Message);
        Assert.Contains("not a regular file", Assert.Throws<ProblemException>(() => PrivatePath.CheckFile(At("d"))).Message);
    }

    [Fact]
    public void A_missing_file_is_no_problem_and_a_missing_folder_is_one()
    {
        Assert.False(PrivatePath.CheckFile(At("none")));
        Assert.Throws<ProblemException>(() => PrivatePath.CheckDirectory(At("none")));
    }

    [Fact]
    public void An_atomic_write_replaces_the_content_keeps_it_private_and_leaves_nothing_behind()
    {
        PrivatePath.WriteAtomically(At("f"), "one"u8);
        PrivatePath.WriteAtomically(At("f"), "two"u8);
        Assert.Equal("two", File.ReadAllText(At("f")));
        Assert.Equal(Convert.ToInt32("600", 8), (int)File.GetUnixFileMode(At("f")));
        Assert.Single(Directory.GetFiles(_root));
    }
}
