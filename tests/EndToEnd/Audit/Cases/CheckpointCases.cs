using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;
using Xunit;

namespace EndToEnd.Audit.Cases;

/// <summary>Signed chains, and what is done to them by one who can compute hashes, or has stolen a key.</summary>
public sealed class CheckpointCases : IDisposable
{
    private static readonly PythonDiffers Whole = new("every hash and link is right; the ten lines know nothing of signatures, which the Python of an export checks");

    private static readonly PythonDiffers Overdue = new("what is there is whole; that something is missing which should be there is no question for the ten lines");

    private readonly CaseFolder _folder = new();
    private readonly SignedChain _chain = new();

    public void Dispose()
    {
        _folder.Dispose();
        _chain.Dispose();
    }

    [Fact]
    public async Task Case_20_a_chain_signed_as_it_should_be_is_UNANCHORED_and_OK_for_who_remembers_a_head()
    {
        _chain.Runs(10).Seal().Runs(10).Seal().Runs(4);

        CaseFinding found = await _folder.ShowAsync(_chain.Lines, "UNANCHORED", null);
        Assert.Equal(2, found.Json.GetProperty("checkpoints").GetInt64());
        Assert.Equal(24, found.Json.GetProperty("last_checkpoint").GetProperty("seq").GetInt64());
        Assert.Contains("#0 to #23 are signed", found.Json.GetProperty("proven").ToString(), StringComparison.Ordinal);
        Assert.Contains("#24 to #28 are linked, but neither signed nor remembered", found.Json.GetProperty("open").ToString(), StringComparison.Ordinal);

        await _folder.ShowAsync(_chain.Lines, "OK", null, null, "--remembered", CaseChain.Head(_chain.Lines));
    }

    [Fact]
    public async Task Case_20_a_wrong_root_is_ROOT()
    {
        _chain.Runs(10).Seal().Runs(10).Announce().Sign(root: MerkleHash.Leaf("another"u8));
        await _folder.ShowAsync(_chain.Lines, "ROOT", _chain.Last, Whole);
    }

    [Fact]
    public async Task Case_20_a_wrong_size_is_ROOT()
    {
        _chain.Runs(10).Announce().Sign(size: 5);
        await _folder.ShowAsync(_chain.Lines, "ROOT", _chain.Last, Whole);
    }

    [Fact]
    public async Task Case_20_a_signed_entry_changed_and_all_recomputed_is_ROOT_at_the_checkpoint_over_it()
    {
        _chain.Runs(10).Seal();
        long first = _chain.Last;
        _chain.Runs(10).Seal().Runs(3);
        List<string> forged = CaseChain.Forge(CaseChain.Change(_chain.Lines, 4, line => line.Replace("\"exit_code\": 0", "\"exit_code\": 1", StringComparison.Ordinal)), 4);

        await _folder.ShowAsync(forged, "ROOT", first, Whole);
    }

    [Fact]
    public async Task Case_20_a_wrong_key_is_BADSIG()
    {
        _chain.Runs(10).Seal().Runs(10).Announce().Sign(_chain.NewKey());
        await _folder.ShowAsync(_chain.Lines, "BADSIG", _chain.Last, Whole);
    }

    [Fact]
    public async Task Case_20_a_signature_of_another_text_is_BADSIG()
    {
        _chain.Runs(10).Announce();
        string other = $"\n{_chain.Tree.Size - 1}\n", size = $"\n{_chain.Tree.Size}\n";
        _chain.Sign(note: note => note.Replace(size, other, StringComparison.Ordinal));
        await _folder.ShowAsync(_chain.Lines, "BADSIG", _chain.Last, Whole);
    }

    [Fact]
    public async Task Case_20_a_checkpoint_without_a_note_is_BADSIG()
    {
        _chain.Runs(10).Announce().Sign(note: _ => "signed, honestly");
        await _folder.ShowAsync(_chain.Lines, "BADSIG", _chain.Last, Whole);
    }

    [Fact]
    public async Task Case_20_an_old_segment_signed_with_todays_key_is_RATCHET()
    {
        // Whoever takes over the host today finds the key in force and the announced one; those before are gone.
        _chain.Runs(10).Seal().Runs(10).Seal().Runs(10).Announce();
        SigningKey stolen = _chain.InForce, next = _chain.Announced!;

        // The past is written anew behind the first entry, which others remember, and sealed with what was found.
        using var announced = new SignedChain(_chain, stolen);
        announced.Runs(10).Announce(stolen).Sign();
        await _folder.ShowAsync(announced.Lines, "RATCHET", announced.Last, Whole);
        // With the announcements of then, today's key is not even one of the chain's yet.
        using var unannounced = new SignedChain(_chain, stolen);
        unannounced.Runs(10).Announce(next).Sign();
        await _folder.ShowAsync(unannounced.Lines, "BADSIG", unannounced.Last, Whole);
        // An old key, used again.
        using var old = new SignedChain();
        SigningKey first = old.InForce;
        old.Runs(10).Seal().Runs(10).Announce().Sign(first);
        await _folder.ShowAsync(old.Lines, "RATCHET", old.Last, Whole);
    }

    [Theory]
    [InlineData(1300, SignedChain.Second / 10)]
    [InlineData(20, SignedChain.Minute)]
    public async Task Case_20_a_skipped_interval_is_OVERDUE(int runs, long apart)
    {
        _chain.Runs(10).Seal();
        long sealedAt = _chain.Last;
        _chain.Runs(runs, apart).Seal();
        CaseFinding found = await _folder.ShowAsync(_chain.Lines, "OVERDUE", sealedAt, Overdue);
        Assert.Contains("a checkpoint is missing where one was due", found.Json.GetProperty("open").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Case_20_an_altered_announcement_is_HASH_and_ROOT_once_recomputed()
    {
        _chain.Runs(10).Announce();
        int at = (int)_chain.Last - 1;
        string announced = _chain.Announced!.Verifier.Text;
        _chain.Sign();
        long checkpoint = _chain.Last;
        _chain.Runs(5).Seal();
        List<string> altered = CaseChain.Change(_chain.Lines, at, line => line.Replace(announced, _chain.NewKey().Verifier.Text, StringComparison.Ordinal));

        await _folder.ShowAsync(altered, "HASH", at + 1);
        await _folder.ShowAsync(CaseChain.Forge(altered, at), "ROOT", checkpoint, Whole);
    }

    [Fact]
    public async Task Case_20_a_missing_announcement_and_one_of_another_name_are_RATCHET()
    {
        _chain.Runs(10).Sign();
        await _folder.ShowAsync(_chain.Lines, "RATCHET", _chain.Last, Whole);

        using var other = new SignedChain();
        other.Runs(10).Announce(other.NewKey(Checkpoint.OfHost("77aa")));
        await _folder.ShowAsync(other.Lines, "RATCHET", other.Last, Whole);
    }

    [Fact]
    public async Task Case_23_a_clock_an_hour_off_is_CLOCK_and_never_HASH()
    {
        _chain.Runs(10).WallOff = 60 * SignedChain.Minute;
        _chain.Runs(10).Seal();
        CaseFinding found = await _folder.ShowAsync(_chain.Lines, "CLOCK", null);
        Assert.Contains("host's clock", found.Json.GetProperty("open").ToString(), StringComparison.Ordinal);

        using var back = new SignedChain();
        back.Runs(10).WallOff = -60 * SignedChain.Minute;
        back.Runs(10).Seal();
        await _folder.ShowAsync(back.Lines, "CLOCK", null);
    }

    [Fact]
    public async Task Case_23_another_boot_id_with_a_clock_that_begins_anew_is_UNANCHORED_like_any_chain()
    {
        _chain.Runs(10).Seal();
        _chain.WallOff = _chain.Mono + 10 * SignedChain.Minute;
        _chain.Mono = 3 * SignedChain.Second;
        _chain.Entry(AuditEvents.AgentStarted, new AuditMember("boot_id", "b008")).Runs(10).Seal();
        await _folder.ShowAsync(_chain.Lines, "UNANCHORED", null);
    }

    [Fact]
    public async Task Case_23_another_boot_id_with_a_clock_that_went_back_is_CLOCK_and_never_HASH()
    {
        _chain.Runs(10).Seal();
        _chain.WallOff = -60 * SignedChain.Minute;
        _chain.Mono = 3 * SignedChain.Second;
        _chain.Entry(AuditEvents.AgentStarted, new AuditMember("boot_id", "b008")).Runs(10).Seal();
        await _folder.ShowAsync(_chain.Lines, "CLOCK", null);
    }
}
