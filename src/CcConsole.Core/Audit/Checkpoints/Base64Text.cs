namespace CcConsole.Core.Audit.Checkpoints;

/// <summary>Base64 of RFC 4648, section 4, in the one spelling that encoding the bytes gives: no white space, no bits beyond them.</summary>
internal static class Base64Text
{
    public static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = new byte[text.Length / 4 * 3];
        if (!Convert.TryFromBase64String(text, bytes, out var written))
            return false;
        Array.Resize(ref bytes, written);
        return Convert.ToBase64String(bytes) == text;
    }
}
