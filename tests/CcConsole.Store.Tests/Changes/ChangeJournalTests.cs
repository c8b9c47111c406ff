using CcConsole.Core;
using CcConsole.Store.Changes;
using Xunit;

namespace CcConsole.Store.Tests.Changes;

public sealed class ChangeJournalTests : IDisposable
{
    private readonly TemporaryCache _cache = new();

    public void Dispose() => _cache.Dispose();

    [Fact]
    public void A_change_that_was_begun_and_never_ended_is_found_at_the_next_start()
    {
        ChangeRecord begun = _cache.Open().Changes.Begin(Sample.Change("web01", "old\n", "new\n"));
        _cache.CloseAll();
        ChangeRecord found = Assert.Single(_cache.Open().Changes.Unfinished());
        Assert.Equal(begun.Id, found.Id);
        Assert.Null(found.Outcome);
        Assert.Equal("old\n"u8.ToArray(), found.Before.ToArray());
        Assert.Equal("new\n"u8.ToArray(), found.After.ToArray());
    }

    [Fact]
    public void No_table_and_an_empty_one_are_told_apart()
    {
        ChangeJournal changes = _cache.Open().Changes;
        ChangeRecord made = changes.Begin(Sample.Change("web01", "", "x") with { Existed = false });
        ChangeRecord removed = changes.Begin(Sample.Change("web01", "x", "") with { Removes = true });
        Assert.Equal((false, false), (changes.Find(made.Id)!.Existed, changes.Find(made.Id)!.Removes));
        Assert.Equal((true, true), (changes.Find(removed.Id)!.Existed, changes.Find(removed.Id)!.Removes));
    }

    [Fact]
    public void A_change_ends_once_and_one_of_unknown_end_may_be_cleared_up_later()
    {
        ChangeJournal changes = _cache.Open().Changes;
        ChangeRecord change = changes.Begin(Sample.Change("web01", "a", "b"));
        changes.End(change.Id, ChangeOutcome.Unknown, "the connection was lost");
        Assert.Empty(changes.Unfinished());
        ChangeRecord ended = changes.End(change.Id, ChangeOutcome.Applied, null, 41);
        Assert.Equal((ChangeOutcome.Applied, 41, _cache.Time.Now), (ended.Outcome!.Value, ended.AuditSeq!.Value, ended.EndedAt!.Value));
        Assert.Throws<ProblemException>(() => changes.End(change.Id, ChangeOutcome.Failed));
        Assert.Throws<ProblemException>(() => changes.End(999, ChangeOutcome.Failed));
    }

    [Fact]
    public void An_undo_marks_what_it_took_back_and_an_undo_of_the_undo_makes_it_undoable_again()
    {
        ChangeJournal changes = _cache.Open().Changes;
        ChangeRecord first = Apply(changes, Sample.Change("web01", "a", "b"));
        ChangeRecord second = Apply(changes, Sample.Change("web01", "b", "c"));
        Assert.Equal(second.Id, changes.LastUndoable("web01")!.Id);

        ChangeRecord undo = Apply(changes, Sample.Change("web01", "c", "b", second.Id));
        Assert.Equal(undo.Id, changes.Find(second.Id)!.UndoneBy);
        Assert.Equal(first.Id, changes.LastUndoable("web01")!.Id);

        Apply(changes, Sample.Change("web01", "b", "c", undo.Id));
        Assert.Equal(second.Id, changes.LastUndoable("web01")!.Id);
        Assert.Null(changes.LastUndoable("web02"));
        Assert.Equal(4, changes.List("web01").Count);
        Assert.Equal(first.Id, changes.List()[^1].Id);
    }

    [Fact]
    public void A_change_that_was_refused_is_not_undoable()
    {
        ChangeJournal changes = _cache.Open().Changes;
        changes.End(changes.Begin(Sample.Change("web01", "a", "b")).Id, ChangeOutcome.Refused, "changed meanwhile");
        Assert.Null(changes.LastUndoable());
        Assert.Equal("changed meanwhile", changes.List()[0].Message);
    }

    [Fact]
    public void The_last_change_of_a_table_is_the_last_one_that_was_applied_to_it()
    {
        ChangeJournal changes = _cache.Open().Changes;
        ChangeRecord change = Sample.Change("web01", "a", "b");
        Assert.Null(changes.LastAppliedAt("web01", change.Table));
        DateTimeOffset applied = Apply(changes, change).EndedAt!.Value;
        _cache.Time.Now += TimeSpan.FromHours(1);
        changes.End(changes.Begin(change).Id, ChangeOutcome.Refused);
        Apply(changes, change with { Table = "other" });
        Assert.Equal(applied, changes.LastAppliedAt("web01", change.Table));
    }

    private static ChangeRecord Apply(ChangeJournal changes, ChangeRecord change) => changes.End(changes.Begin(change).Id, ChangeOutcome.Applied);
}
