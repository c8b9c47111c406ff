using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using CcAgent.Journal;
using CcAgent.Native;
using CcAgent.Places;
using CcAgent.Tests.Harness;
using CcAgent.Watch;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Core.Crontab;
using CcConsole.Core.Protocol;
using Xunit;

namespace CcAgent.Tests.Watch;

/// <summary>A user's own table, read beside the daemon's thread.</summary>
public sealed class OwnTableTests : IDisposable
{
    private readonly int _asked, _answering;
    private readonly TableShell _shell;
    private readonly List<string> _taken = [];
    private IDisposable? _reads;

    public OwnTableTests()
    {
        Assert.True(Libc.TryPipe(out _asked, out var asking));
        Assert.True(Libc.TryPipe(out var answers, out _answering));
        _shell = Make(asking, answers, "mark");
    }

    public void Dispose()
    {
        // What is still asked has no answer then.
        _ = Libc.close(_answering);
        _reads?.Dispose();
        _ = Libc.close(_asked);
    }

    [Fact]
    public void What_is_heard_of_while_the_table_is_read_has_it_read_once_more()
    {
        var own = Read(read => _taken.Add(Text(read)));
        own.Begin();
        AssertComes();
        own.Begin();
        own.Begin();
        Answer(own, "before\n");
        AssertComes();
        Answer(own, "after\n");
        Assert.Equal(["before\n", "after\n"], _taken);
        own.Begin();
        AssertComes();
    }

    [Fact]
    public void What_is_to_be_read_once_more_is_so_though_what_was_read_cannot_be_recorded()
    {
        var own = Read(static _ => throw new ProblemException("no space"));
        own.Begin();
        AssertComes();
        own.Begin();
        Assert.Throws<ProblemException>(() => Answer(own, "before\n"));
        Assert.Equal(0, own.TimeoutMs);
        own.Ready();
        AssertComes();
        Assert.Equal(-1, own.TimeoutMs);
    }

    [Fact]
    public async Task An_edit_by_a_console_while_the_table_is_read_is_nobody_elses_change()
    {
        using var folder = new SecureFolder();
        var places = AgentPlaces.For(folder.Path) with { Mode = AgentMode.User };
        using (var recorder = OpenJournal.RecorderIn(folder, new AgentSettings()))
        {
            var watch = new ScheduleWatch(places, recorder, TimeProvider.System);
            _reads = watch;
            var own = new OwnTable(new TableFolders(), TimeProvider.System, _shell, read =>
            {
                _taken.Add(Text(read));
                TakeOwn(watch, read);
            });
            Own(watch)!.Dispose();
            Own(watch) = own;
            // The first look.
            watch.Ready();
            AssertComes();
            Answer(own, "first\n");
            // A reading takes its time, and has still the old one.
            own.Begin();
            AssertComes();
            Edit(watch, places, "first\n", "second\n");
            Answer(own, "first\n");
            AssertComes();
            Answer(own, "second\n");
            // One that begins after the edit has the new one before the daemon looks at everything.
            Edit(watch, places, "second\n", "third\n");
            own.Begin();
            AssertComes();
            Answer(own, "third\n");
            // What no console has made is somebody else's.
            own.Begin();
            AssertComes();
            Answer(own, "fourth\n");
            Assert.Equal(["first\n", "second\n", "third\n", "fourth\n"], _taken);
        }

        var changed = Assert.Single(
            await AgentProgram.EntriesAsync(folder.Path), static entry => entry.GetProperty("event").GetString() == AuditEvents.CrontabChanged);
        Assert.Equal((Hash("third\n"), Hash("fourth\n")), (changed.GetProperty("sha256_before").GetString(), changed.GetProperty("sha256_after").GetString()));
    }

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern TableShell Make(int asking, int answers, string mark);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_own")]
    private static extern ref OwnTable? Own(ScheduleWatch watch);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "TakeOwn")]
    private static extern void TakeOwn(ScheduleWatch watch, TableRead read);

    private static void Edit(IRecordListener watch, AgentPlaces places, string before, string after) =>
        watch.Appended(new AuditAppendParams(AuditEvents.CrontabEdited, "ada", "laptop")
        {
            Table = WatchedFile.NameOf(UserAccount.Of(places.Owner).Name),
            Before = Hash(before),
            After = Hash(after),
        });

    private static string Hash(string table) => Sha256.Hash(Encoding.UTF8.GetBytes(table)).ToString();

    private static string Text(TableRead read) => Encoding.UTF8.GetString(Assert.IsType<TableRead.Present>(read).Bytes);

    private OwnTable Read(Action<TableRead> taken)
    {
        var own = new OwnTable(new TableFolders(), TimeProvider.System, _shell, taken);
        _reads = own;
        return own;
    }

    private void Answer(OwnTable own, string table)
    {
        Assert.True(StandardStreams.WriteAll(_answering, Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"\ncc-crontab 1\nstatus present\n=table {table.Length}\n{table}\nend\n\nmark 0\n"))));
        AssertReadable(own.Descriptor);
        own.Ready();
    }

    private unsafe void AssertComes()
    {
        AssertReadable(_asked);
        byte one;
        Assert.Equal(1, Libc.read(_asked, &one, 1));
    }

    private static unsafe void AssertReadable(int descriptor)
    {
        var entry = new PollEntry { Descriptor = descriptor, Events = PollEntry.In };
        int ready;
        while ((ready = Libc.poll(&entry, 1, 60_000)) < 0 && Libc.LastError == Errno.Interrupted)
        {
        }

        Assert.Equal(1, ready);
    }
}
