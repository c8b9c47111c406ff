using CcConsole.Store.Changes;
using Xunit;

namespace CcConsole.Store.Tests.Changes;

public sealed class BatchJournalTests : IDisposable
{
    private readonly TemporaryCache _cache = new();

    public void Dispose() => _cache.Dispose();

    [Fact]
    public void A_batch_is_found_as_it_was_noted()
    {
        long id = Begin(_cache.Open());
        _cache.CloseAll();
        BatchRecord found = _cache.Open().Batches.Find(id)!;
        Assert.Equal(("pause job backup", "ticket 7", "alice", 3, true, _cache.Time.Now), (found.Description, found.Reason, found.Actor, found.Parallelism, found.ContinuesOnFailure, found.BegunAt));
        Assert.Equal(["web01", "web02"], found.Members.Select(member => member.Change.Host));
        BatchMember second = found.Members[1];
        Assert.Equal((1, MemberState.NotStarted, false, "backup"), (second.Position, second.State, second.IsOwnTable, second.JobId));
        Assert.Equal((false, true), (second.Change.Existed, second.Change.Removes));
        Assert.Equal("old\n"u8.ToArray(), second.Change.Before.ToArray());
        Assert.Equal("new\n"u8.ToArray(), second.Change.After.ToArray());
        Assert.Equal([new BatchOmission("web03", null, null), new BatchOmission("web04", "no such job", "look")], found.Omissions);
    }

    [Fact]
    public void A_member_is_claimed_once_and_again_only_when_the_attempt_is_known_to_have_failed()
    {
        CacheDatabase first = _cache.Open(), second = _cache.Open();
        long id = Begin(first);
        ChangeRecord claim = Sample.Change("web01", "old\n", "new\n") with { Batch = id, Member = 0 };
        ChangeRecord begun = first.Changes.BeginMember(claim)!;
        Assert.Null(second.Changes.BeginMember(claim));
        Assert.Equal(MemberState.Running, State(second, id));

        first.Changes.Leave(begun.Id, "the connection was lost");
        Assert.Equal(MemberState.Interrupted, State(second, id));
        Assert.Null(second.Changes.BeginMember(claim));

        second.Changes.End(begun.Id, ChangeOutcome.Failed, "the table is the old one");
        Assert.Equal(MemberState.Failed, State(first, id));
        second.Batches.NotReached(id, 0, "no route");
        Assert.Equal(MemberState.NotReached, State(first, id));
        ChangeRecord again = second.Changes.BeginMember(claim)!;
        second.Changes.End(again.Id, ChangeOutcome.Applied);
        Assert.Equal(MemberState.Applied, State(first, id));
        Assert.Null(first.Changes.BeginMember(claim));
        Assert.Equal(MemberState.NotStarted, first.Batches.Find(id)!.Members[1].State);
    }

    [Fact]
    public void What_a_console_was_at_when_it_ended_is_interrupted_and_not_what_another_is_at()
    {
        CacheDatabase dead = _cache.Open(), living = _cache.Open();
        long id = Begin(dead);
        ChangeRecord claim = Sample.Change("web01", "old\n", "new\n") with { Batch = id };
        dead.Changes.BeginMember(claim with { Member = 0 });
        living.Changes.BeginMember(claim with { Member = 1 });
        dead.Dispose();

        CacheDatabase next = _cache.Open();
        Assert.Equal([MemberState.Interrupted, MemberState.Running], next.Batches.Find(id)!.Members.Select(member => member.State));
        Assert.Equal([false, true], next.Changes.Unfinished().Select(change => change.IsRunning));
    }

    private static MemberState State(CacheDatabase cache, long id) => cache.Batches.Find(id)!.Members[0].State;

    private long Begin(CacheDatabase cache) => cache.Batches.Begin(new BatchRecord
    {
        Description = "pause job backup",
        Reason = "ticket 7",
        Actor = "alice",
        Parallelism = 3,
        ContinuesOnFailure = true,
        BegunAt = _cache.Time.Now,
        Members =
        [
            new BatchMember { Change = Sample.Change("web01", "old\n", "new\n"), IsOwnTable = true },
            new BatchMember { Change = Sample.Change("web02", "old\n", "new\n") with { Existed = false, Removes = true }, IsOwnTable = false, JobId = "backup" },
        ],
        Omissions = [new BatchOmission("web03", null, null), new BatchOmission("web04", "no such job", "look")],
    });
}
