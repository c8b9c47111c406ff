using System.Globalization;
using System.Text;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Findings;
using CcConsole.Ssh;
using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit.Evidence;

/// <summary>README.txt of an export: what it proves, since when, against whom, and what it does not, in words for someone who knows nothing of this program.</summary>
internal sealed class EvidenceText(FleetOptions options, EvidenceRequest request, CopyVerification copy, ChainSurvey survey, EvidencePlan plan)
{
    private const int Width = 96;
    private readonly StringBuilder _text = new();

    private string Host => Plain.Text(request.Host);

    private ChainHead Head => copy.Head;

    public string Write(IReadOnlyList<ChainConflict> conflicts, string? finding, DateTimeOffset now)
    {
        Line($"EVIDENCE FROM THE AUDIT CHAIN OF THE HOST {Host}").Line();
        Warnings(conflicts, finding);
        Paragraph($"This folder holds {Count(plan.Selected.Count, "entry", "entries")} of the record that an agent on the host keeps of its scheduled jobs, and what is needed to check them. "
            + $"It was made on {Time(now)} by {Plain.Text(options.Actor)} on {Plain.Text(options.Origin)} with {Plain.Text(options.Client)}, from the copy that this console had taken from the host; the host was not asked again.");
        Paragraph($"Selected were: {request.Words}.");
        Paragraph($"The copy was last brought up to date on {Time(Head.LastSeen)}, then up to entry #{Head.Seq}, whose hash is {Plain.Text(Head.Hash)}. "
            + (Head.HostKey is { } key ? $"The host showed the SSH key {Plain.Text(key)}." : "The host is the console's own machine; no SSH key was involved."));
        Heading("HOW TO CHECK IT");
        Check();
        Heading("WHAT IS PROVEN");
        Proven();
        Heading("WHAT IS NOT PROVEN");
        NotProven(finding);
        Heading("WHAT WAS FOUND IN THE WHOLE COPY");
        Found();
        Heading("WHAT IS IN HERE");
        Contents(conflicts);
        Heading("HOW THE PROOF WORKS");
        Proof();
        return _text.ToString();
    }

    private void Warnings(IReadOnlyList<ChainConflict> conflicts, string? finding)
    {
        ChainConflict[] open = [.. conflicts.Where(conflict => conflict.ResolvedAt is null)];
        if (open.Length > 0)
        {
            Line("!! THE HOST CONTRADICTS THIS COPY OF ITS CHAIN").Line();
            foreach (ChainConflict conflict in open)
            {
                Paragraph($"{Plain.Text(conflict.Verdict)}, found on {Time(conflict.FoundAt)}: {Plain.Text(conflict.Message)}. What follows is about the copy, which was verified when it was taken; what the host gave later is another story. Both versions are in conflicts/.");
            }
        }

        if (finding is not null)
        {
            Line("!! THE CHAIN'S SIGNATURES ARE NOT IN ORDER").Line();
            Paragraph($"{Plain.Text(finding)}. Checkpoints from there on are not used here.");
        }

        if (plan.Checkpoints.Count == 0)
        {
            Line("!! NOTHING HERE IS SIGNED").Line();
            Paragraph(survey.Checkpoints.Count == 0
                ? "The chain has no checkpoint that could prove an entry. Its entries are linked by hashes, which show a change only to someone who has kept a later hash from elsewhere."
                : "The chain's start is gone from the copy, and nothing in it says what it was: its checkpoints cannot be held against the entries.");
        }
    }

    private void Check()
    {
        Paragraph("With Python 3, in this folder; nothing else is needed, and openssl is used for the signatures where it is there:");
        Command("python3 verify.py");
        Paragraph("The script is short and meant to be read before it is run. It says what is proven and what is not; its exit code is 0 when every selected entry is proven, 1 when something is wrong, 2 when nothing is wrong but something is not proven.");
        Paragraph("By hand, without the script: the files are those that were written,");
        Command("sha256sum -c MANIFEST");
        if (plan.Proving is [.., var newest])
        {
            Paragraph($"and the signature of a checkpoint is good (here the newest one, #{newest.Seq}; {Others()}):");
            Command($"openssl dgst -sha256 -verify keys/{newest.Key}.pem -signature notes/{newest.Seq}.sig notes/{newest.Seq}.txt");
        }

        Paragraph("Whoever can change a file here can write a new MANIFEST as well. Its own SHA-256 was shown to the person who made this folder: ask for it.");
    }

    private string Others() => plan.Proving.Count == 1 ? "it is the only one in notes/" : $"notes/ has {plan.Proving.Count}, and the same line checks each; which key is in which entry's announcement, verify.py says";

    private void Proven()
    {
        if (plan.Checkpoints is not [.., var newest])
        {
            Paragraph("That each line is what its own hash says, and follows the line before it where that is here too. No more than that.");
            return;
        }

        Item($"{Count(plan.Proven, "selected entry stands", "selected entries stand")} in the record exactly as given here, byte for byte, at the place that its number says: {(plan.Proven == 1 ? "it is" : "each is")} covered by a checkpoint that the agent signed. "
            + $"Another byte in any of them, or one entry more or less anywhere before #{newest.Seq}, gives another root than the one that was signed.");
        Item("Since when: from the first checkpoint after an entry on (its time, by the host's clock, stands in checkpoints.jsonl). How often the agent signs is a setting of the host: every 5 minutes and every 1,000 entries where nobody has changed it. Each key signs once, and is announced within what the one before it signs.");
        Item("Against whom: the user of a job, the agent's own user, whoever held this copy (the console has no key with which to sign), and root of the host, for what was signed before root was theirs; as far as none of them has an earlier key (see below).");
        Item(plan.WholeRatchet
            ? $"The keys: every step from the chain's first key (entry #{survey.SignedSince}) to checkpoint #{newest.Seq} is in this folder, {Count(plan.Checkpoints.Count, "checkpoint", "checkpoints")}."
            : "The keys: each one's announcement is in this folder, proven like the other entries. That they follow one from another since " + (survey.SignedSince is null
                ? "the first key that the copy names was checked when this folder was made, but the steps between are not in it: the start of the chain is gone."
                : "the chain's first key was checked when this folder was made, but the steps between are not in it (--every-step includes them)."));
    }

    private void NotProven(string? finding)
    {
        int rest = plan.Selected.Count - plan.Proven;
        if (plan.LastCheckpoint is { } last)
        {
            rest--;
            Item($"Of entry #{last}, which is itself the last checkpoint{(finding is null ? "" : " that can be used")}: all of its line. Its signature over the entries #0 to #{last - 1} is as good as every other one here, and what it signs names the chain and the number {last}; "
                + "what else the line says, such as its time, only the checkpoint after it signs. So it is with every export that goes up to a checkpoint which no other follows: a selection up to the entry before it has no such rest.");
        }

        if (rest > 0)
        {
            Item($"{Count(rest, "selected entry is", "selected entries are")} not covered by {(plan.Checkpoints.Count == 0 || finding is not null ? "a checkpoint that can be used" : $"the last checkpoint, #{plan.Size}")}. No key signs them. "
                + Links());
            if (plan.Checkpoints.Count > 0 && finding is null)
            {
                Item("The next checkpoint will cover them: pull again in some minutes and export anew.");
            }
        }
        else if (plan.LastCheckpoint is not null)
        {
            Item(Links());
        }

        if (plan.Checkpoints.Count > 0)
        {
            Item(Sentence(Explanation.EarlierKeys));
        }

        Item("That the agent was told the truth. It records what the kernel and cron show it; whoever was root of the host at that time decides what they show, and which key signs from then on. From the moment at which root is in wrong hands, the record proves nothing about what happens after it.");
        Item("That the times are right: they are the host's own clock's.");
        Item("What else is in the record: entries that were not selected are not in here, only hashes over them. That something did not happen is not shown by a selection.");
        Item(Head.First == 0
            ? $"That this is the chain of that host: anyone can begin a chain. Its first entry has the hash {Plain.Text(Head.GenesisHash)}; where that was noted at the time (by another console, in a log collector), it can be compared."
            : $"How the chain began: the copy holds nothing before entry #{Head.First}.");
        foreach (string warning in Warnings(copy.Result))
        {
            Item($"Noted besides: {warning}.");
        }
    }

    private string Links()
    {
        (string line, string they, string them) = plan.Selected.Count - plan.Proven == 1 ? ("That line", "it is", "it") : ("Those lines", "they are", "them");
        return plan.LinksFrom is { } from
            ? $"links.jsonl has every line from #{Math.Max(from, survey.First!.Value.Seq)} to #{Head.Seq}, whose hash the console remembers: {they} linked to it, and that proves {them} to whom that hash is known from elsewhere."
            : $"{line} would be linked to the remembered head #{Head.Seq} by {plan.LinksNeeded} lines, which are too many and not in here; the whole copy (cc-console audit export {Host} FILE) has them.";
    }

    /// <summary>In the words of <c>audit verify</c>.</summary>
    private void Found()
    {
        Paragraph($"All entries of the copy were verified when this folder was made, with the result {copy.Result.Verdict.Word()}; cc-console audit verify --host {Host} says the same of the copy on the console's machine. It is no part of what can be checked here.");
        Explanation explanation = copy.Finding.Explain();
        foreach (string sentence in explanation.Proven)
        {
            Item($"Proven: {sentence}.");
        }

        foreach (string sentence in explanation.Open)
        {
            Item($"Not proven: {sentence}.");
        }
    }

    private void Contents(IReadOnlyList<ChainConflict> conflicts)
    {
        Item("entries.jsonl: the selected entries, one a line, byte for byte as the host wrote them.");
        Item("export.json: what this folder says of itself: host, chain, selection, the remembered head, when and by whom.");
        if (survey.HasGenesis)
        {
            Item("genesis.jsonl: the chain's first entry.");
        }

        if (plan.Checkpoints.Count > 0)
        {
            Item("checkpoints.jsonl: the checkpoints' entries. announcements.jsonl: the entries that announce their keys. tree.txt: the hashes of all parts of the tree that are not in here.");
            Item("notes/N.txt and notes/N.sig: the text that checkpoint #N signs, and the signature (ECDSA P-256, ASN.1 DER). keys/N.pem: the public key that entry #N announced (0: the first entry).");
        }

        if (plan.LinksFrom is not null)
        {
            Item("links.jsonl: the lines that link the entries after the last checkpoint to the remembered head.");
        }

        if (conflicts.Count > 0)
        {
            Item("conflicts/N/: what the console had (ours) and what the host gave (theirs), from the first entry at which they differ, and what was found.");
        }

        Item("verify.py: the check. MANIFEST: the SHA-256 of every other file.");
    }

    private void Proof()
    {
        Paragraph("Each entry is one line of JSON; its member \"hash\" is the SHA-256 of the same object without that member, as Python's json.dumps(entry, sort_keys=True) writes it, and \"prev_hash\" is the hash of the line before.");
        Paragraph("Over the lines stands a Merkle tree (RFC 6962): a leaf is SHA-256(0x00, line without its line feed), a node SHA-256(0x01, left, right). A checkpoint with the number N signs the root over the entries #0 to #N-1, in the text that notes/N.txt has: the chain, N, and the root in base64 (c2sp.org/tlog-checkpoint, c2sp.org/signed-note). "
            + "A line \"L I HASH\" of tree.txt is the node over the entries I * 2^L to (I + 1) * 2^L - 1. From these and the lines in here the roots can be computed; there is no other way to get the same ones.");
    }

    /// <summary>What a verification noted of a chain that is good.</summary>
    private static IEnumerable<string> Warnings(VerifyResult result) =>
        [.. result.Verdict.IsGood() ? [] : (string[])[$"{result.Verdict.Word()}: {result.Message}"], .. result.Warnings.Select(warning => warning.Message)];

    private EvidenceText Line(string text = "")
    {
        _text.Append(text).Append('\n');
        return this;
    }

    private void Heading(string text) => Line(text).Line();

    private void Command(string text) => Line("    " + text).Line();

    private void Paragraph(string text)
    {
        Wrap("", text);
        Line();
    }

    private void Item(string text)
    {
        Wrap("- ", text);
        Line();
    }

    private void Wrap(string start, string text)
    {
        StringBuilder line = new(start);
        bool empty = true;
        foreach (string word in text.Split(' '))
        {
            if (!empty && line.Length + 1 + word.Length > Width)
            {
                Line(line.ToString());
                line.Clear().Append(' ', start.Length);
                empty = true;
            }

            line.Append(empty ? "" : " ").Append(word);
            empty = false;
        }

        Line(line.ToString());
    }

    private static string Sentence(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..]}.";

    private static string Count(long count, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : many)}");

    private static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
