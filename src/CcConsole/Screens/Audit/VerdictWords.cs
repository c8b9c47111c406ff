using System.Globalization;

namespace CcConsole.Screens;

/// <summary>A verdict in the few words of a banner, for those who do not know its name by heart.</summary>
internal static class VerdictWords
{
    /// <summary>A verdict that is not good, without its glyph.</summary>
    /// <param name="verdict">Its name: <c>HASH</c>, <c>ROLLBACK</c> …</param>
    /// <param name="seq">The entry at which it was found.</param>
    /// <param name="head">The newest entry that was seen.</param>
    /// <param name="seen">When that was, in few words.</param>
    /// <param name="message">The finding as a sentence, for what has no words here.</param>
    /// <param name="ascii">Whether only ASCII may be shown.</param>
    public static string Of(string verdict, long? seq, long head, string seen, string message, bool ascii) => verdict switch
    {
        "HASH" => Text($"TAMPERED at #{seq}: stored {(ascii ? "!=" : "≠")} computed"),
        "LINK" => Text($"TAMPERED at #{seq}: it does not follow the entry before it (LINK)"),
        "GAP" => Text($"TAMPERED at #{seq}: entries are missing before it (GAP)"),
        "DUPLICATE" => Text($"TAMPERED at #{seq}: it repeats an entry that came before (DUPLICATE)"),
        "NONCANONICAL" => Text($"TAMPERED at #{seq}: no entry in the one allowed spelling (NONCANONICAL)"),
        "TORN" => Text($"INCOMPLETE at #{seq}: the last entry is cut off (TORN)"),
        "ROLLBACK" => Text($"ROLLBACK: head older than #{head} seen {seen}"),
        "FORK" => Text($"FORK at #{seq}: another entry than the one seen {seen}"),
        "REPLACED" => Text($"REPLACED: another chain than the one seen {seen}"),
        "BADSIG" => Text($"BADSIG at #{seq}: the signature does not hold, or is by no key of this chain"),
        "ROOT" => Text($"ROOT at #{seq}: what was signed is not what the entries are"),
        "RATCHET" => Text($"RATCHET at #{seq}: signed by a key that was not in force there"),
        "OVERDUE" => Text($"OVERDUE{(seq is null ? "" : Text($" at #{seq}"))}: {message}"),
        _ => seq is null ? $"{verdict}: {message}" : Text($"{verdict} at #{seq}: {message}"),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
