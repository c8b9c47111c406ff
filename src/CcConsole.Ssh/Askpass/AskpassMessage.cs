using System.Text;

namespace CcConsole.Ssh;

/// <summary>
/// The words between <see cref="AskpassClient"/> and <see cref="AskpassServer"/>, one line each. Question: token,
/// form (SSH_ASKPASS_PROMPT) and text in base64, with spaces between. Answer: <c>+</c> and the text in base64, or <c>-</c>.
/// </summary>
internal static class AskpassMessage
{
    internal const string SocketVariable = "CC_CONSOLE_ASKPASS";
    internal const string TokenVariable = "CC_CONSOLE_ASKPASS_TOKEN";

    private const int LongestLine = 64 << 10;

    internal static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    internal static string Decode(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));

    internal static ValueTask WriteAsync(Stream stream, string line, CancellationToken cancellation) =>
        stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\n"), cancellation);

    /// <summary>One line without its end; null when the other side went away before it was whole, or sent too much.</summary>
    internal static async Task<string?> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        byte[] buffer = new byte[LongestLine];
        int length = 0;
        while (length < buffer.Length)
        {
            int count = await stream.ReadAsync(buffer.AsMemory(length), cancellation).ConfigureAwait(false);
            if (count == 0)
                return null;
            length += count;
            if (buffer[length - 1] == '\n')
                return Encoding.ASCII.GetString(buffer, 0, length - 1);
        }
        return null;
    }
}
