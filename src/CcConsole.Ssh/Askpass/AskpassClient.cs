using System.Net.Sockets;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CcConsole.Ssh;

/// <summary>
/// The other role of the console's binary: ssh starts it as SSH_ASKPASS (ssh(1)) with a question as its argument,
/// and reads the answer from its standard output.
/// </summary>
public static class AskpassClient
{
    /// <summary>True when ssh has started this process to ask something. Look at it before anything else in Main.</summary>
    public static bool IsRequested => Environment.GetEnvironmentVariable(AskpassMessage.SocketVariable) is { Length: > 0 };

    /// <summary>Hands the question to the running console and prints its answer.</summary>
    /// <param name="text">ssh's question: the first argument.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>The exit code for ssh: 0 with an answer, 1 when the person declined or the console is gone.</returns>
    public static async Task<int> RunAsync(string text, CancellationToken cancellation = default)
    {
        try
        {
            using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            UnixDomainSocketEndPoint console = new(Environment.GetEnvironmentVariable(AskpassMessage.SocketVariable) ?? "");
            await socket.ConnectAsync(console, cancellation).ConfigureAwait(false);
            using NetworkStream stream = new(socket);
            string token = Environment.GetEnvironmentVariable(AskpassMessage.TokenVariable) ?? "";
            string form = Environment.GetEnvironmentVariable("SSH_ASKPASS_PROMPT") ?? "";
            await AskpassMessage.WriteAsync(stream, $"{token} {form} {AskpassMessage.Encode(text)}", cancellation).ConfigureAwait(false);
            string? answer = await AskpassMessage.ReadAsync(stream, cancellation).ConfigureAwait(false);
            if (answer is not ['+', .. string base64])
                return 1;
            using SafeFileHandle standardOutput = new(1, ownsHandle: false);
            using FileStream output = new(standardOutput, FileAccess.Write, bufferSize: 0);
            output.Write(Encoding.UTF8.GetBytes(AskpassMessage.Decode(base64) + "\n"));
            return 0;
        }
        catch (Exception e) when (e is SocketException or IOException or ArgumentException or FormatException)
        {
            return 1;
        }
    }
}
