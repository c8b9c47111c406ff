using System.Globalization;
using CcConsole.Tests.Shared;
using EndToEnd.Audit.AttackersGame;
using Xunit;

namespace EndToEnd.Audit;

/// <summary>
/// The job, the agent's user and root after T try 200 things with the records of real agents, of which a real console has pulled a part
/// before. A model written from the threat table says of each what must be found and what cannot be, and holds every sentence about
/// proof against the entries that it speaks of. CC_SEED repeats a game, CC_FULL=1 plays five times as many.
/// </summary>
public sealed class AttackersGameTests(ITestOutputHelper output)
{
    private const int AtOnce = 4;

    // Of each ten; the rest is root's.
    private const int OfJob = 3, OfAgentUser = 3;

    private static int Rounds => Environment.GetEnvironmentVariable("CC_FULL") == "1" ? 1000 : 200;

    [Fact]
    public async Task Everything_that_the_threat_table_closes_is_found_and_nothing_is_claimed_beyond_it()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("CC_SEED"), CultureInfo.InvariantCulture, out int given) ? given : Random.Shared.Next();
        output.WriteLine($"CC_SEED={seed}");
        await using CronDaemon space = await CronDaemon.CreateAsync();
        try
        {
            await PreparedHost.ShellAsync(space, "mount -t tmpfs -o mode=755 none /var/lib && mkdir -m 755 /var/lib/croncommander");
            await PreparedHost.WriteSettingsAsync(space);
            CronUser user = await space.AddUserAsync();
            PreparedHost[] hosts = await Task.WhenAll(PreparedHost.CreateAsync(space, "a"), PreparedHost.CreateAsync(space, "b"), PreparedHost.CreateAsync(space, "own", user));
            (PreparedHost host, PreparedHost other, PreparedHost own) = (hosts[0], hosts[1], hosts[2]);
            ThreatModel system = Model(host), users = Model(own);
            bool sealable = await Round.CanSealAsync(space), ahead = (await PreparedHost.InsideAsync(space, [.. AgentRun.Ahead, "true"])).Code == 0;
            await using ListeningAgent listening = await ListeningAgent.StartAsync(space, host);

            Manipulation[] moves = Deal(new Random(seed), host, other, own, ahead);
            var rounds = new Round[moves.Length];
            await Parallel.ForEachAsync(Enumerable.Range(0, moves.Length), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) => rounds[i] = moves[i].Ground switch
            {
                Ground.Socket => await Round.PlayAsync(listening, moves[i], i),
                Ground.Own => await Round.PlayAsync(space, own, users, moves[i], i, sealable),
                _ => await Round.PlayAsync(space, host, system, moves[i], i, sealable),
            });

            foreach (IGrouping<string, Round> kind in rounds.GroupBy(round => $"{round.Move.Attacker}, {round.Move.Ground}: {round.Move.Kind}").OrderBy(kind => kind.Key, StringComparer.Ordinal))
                output.WriteLine($"{kind.Key}: {kind.Count()}, must be found {kind.Count(round => round.Must is not null)}, found or refused {kind.Count(round => round.IsFound)}, left as it was {kind.Count(round => round.IsUntouched)}");
            string[] wrong = [.. rounds.Where(round => round.Wrong is not null).Select(round => $"{round.Number} {round.Move}\n    {round.Wrong}\n    {round.Said}")];
            Assert.True(wrong.Length == 0, $"CC_SEED={seed}: {wrong.Length} of {moves.Length}\n{string.Join('\n', wrong)}");
            Assert.Null(await listening.EndAsync(space));
            RequireFull(moves);
            Round[] byRoot = [.. rounds.Where(round => round.Move.Attacker == Attacker.Root)];
            Assert.True(byRoot.Count(round => round.Must is not null) > byRoot.Length / 3 && byRoot.Any(round => round.Must is null && !round.IsUntouched), "the game was too easy");
        }
        finally
        {
            await PreparedHost.InsideAsync(space, ["chattr", "-R", "-f", "-a", space.Root]);
        }
    }

    private static ThreatModel Model(PreparedHost host)
    {
        var model = new ThreatModel(host.Lines, host.Pulled);
        Assert.Null(model.MustBeFound(host.Lines));
        Assert.True(RecordFiles.Segments(host.AtT).Length >= 3, "the record has no segment between the first and the last");
        Assert.True(host.Lines.Count(line => LineText.IsEvent(line, "audit.checkpoint")) >= 5 && host.Pulled < host.Lines.Count - 20, $"{host.Pulled} of {host.Lines.Count} were pulled");
        return model;
    }

    // Each attacker's kinds in turn, so that a game holds all of them.
    private static Manipulation[] Deal(Random random, PreparedHost host, PreparedHost other, PreparedHost own, bool ahead)
    {
        Func<Manipulation>[] job = Mix([.. new ShellAttacks(host, random, Attacker.Job).Deck(), .. new SocketAttacks(random).Deck()], random),
            user = Mix([.. new ShellAttacks(host, random, Attacker.AgentUser).Deck(), .. new FileAttacks(own, Attacker.AgentUser, random).Deck()], random),
            root = Mix(new FileAttacks(host, Attacker.Root, random).DeckOfRoot(other, ahead), random);
        int jobs = 0, users = 0, roots = 0;
        return [.. Enumerable.Range(0, Rounds).Select(i => (i % 10) switch
        {
            < OfJob => job[jobs++ % job.Length](),
            < OfJob + OfAgentUser => user[users++ % user.Length](),
            _ => root[roots++ % root.Length](),
        })];
    }

    private static Func<Manipulation>[] Mix(Func<Manipulation>[] deck, Random random)
    {
        random.Shuffle(deck);
        return deck;
    }

    private static void RequireFull(Manipulation[] moves)
    {
        Assert.Equal(Rounds, moves.Length);
        foreach (Attacker attacker in Enum.GetValues<Attacker>())
        {
            string[] kinds = [.. moves.Where(move => move.Attacker == attacker).Select(move => move.Kind)];
            Assert.True(kinds.Length >= 50, $"{attacker}: {kinds.Length}");
            Assert.Empty(Manipulation.Kinds.Except(kinds));
        }
    }
}
