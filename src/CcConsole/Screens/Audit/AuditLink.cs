using CcConsole.Core.Audit;
using CcConsole.Fleet.Audit;

namespace CcConsole.Screens;

/// <summary>What a verification has proved of one entry: signed, linked to the head that is remembered, or neither.</summary>
/// <param name="Mark">Glyph and word.</param>
/// <param name="Scope">Its scope in the theme.</param>
internal sealed record AuditLink(string Mark, string Scope)
{
    private static readonly AuditLink
        Proven = new("✓ proven", "state.ok"), ProvenAscii = new("+ proven", "state.ok"),
        Broken = new("✗ broken", "state.fail"), BrokenAscii = new("x broken", "state.fail"),
        Differs = new("✗ differs", "state.fail"), DiffersAscii = new("x differs", "state.fail"),
        Missing = new("✗ missing", "state.fail"), MissingAscii = new("x missing", "state.fail"),
        Linked = new("○ linked", "text.dim"), LinkedAscii = new("o linked", "text.dim"),
        Unproven = new("? unproven", "state.unknown");

    /// <summary>Of an entry; the same object each time.</summary>
    /// <param name="line">The entry.</param>
    /// <param name="found">What a verification of its copy found; null before one has ended: then nothing is proved.</param>
    /// <param name="ascii">Whether only ASCII may be shown.</param>
    public static AuditLink Of(AuditLine line, CopyVerification? found, bool ascii)
    {
        var seq = line.Row.Seq;
        if (line.Missing is not null)
            return ascii ? MissingAscii : Missing;
        if (found is null || seq > found.Head.Seq)
            return Unproven;
        if (!found.Result.Verdict.IsWhole() && FirstBad(found) is { } bad && seq >= bad)
            return seq > bad ? Unproven : ascii ? BrokenAscii : Broken;
        if (found.Conflict is { IsOfEntries: true } conflict && seq == conflict.Seq)
            return ascii ? DiffersAscii : Differs;
        // Whole and linked to the remembered head; proven where a signature is over it, which what the host gives later does not undo.
        if (IsSigned(found, seq))
            return ascii ? ProvenAscii : Proven;
        if (found.Conflict is { IsOfEntries: true } other && seq > other.Seq)
            return Unproven;
        return ascii ? LinkedAscii : Linked;
    }

    /// <summary>Whether a good checkpoint of the copy signs an entry.</summary>
    public static bool IsSigned(CopyVerification found, long seq) => found.Result.LastCheckpoint is { } signed && seq < signed.Size;

    /// <summary>The sequence at which a verification of a copy found the break; null when there is none.</summary>
    public static long? FirstBad(CopyVerification found) => found.Result.Verdict.IsGood() ? null : found.Result.FirstSeq + found.Result.FirstBad - 1;
}
