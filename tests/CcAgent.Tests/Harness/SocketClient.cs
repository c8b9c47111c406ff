using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace CcAgent.Tests.Harness;

/// <summary>A client of the daemon that says what it likes.</summary>
internal static class SocketClient
{
    internal const string Minimal = """
        {"jobId":"foreign","command":"/bin/bash backup.sh","exitCode":0,"stdout":"Backup <successful>\n","stderr":"","startTime":"2024-03-20T10:00:00Z","durationMs":1500,"executingUid":0,"executingUser":"root"}
        """;

    internal static Socket Connect(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        socket.ReceiveTimeout = socket.SendTimeout = 60_000;
        return socket;
    }

    internal static JsonElement Ask(string path, byte[] request, bool halfClose = false)
    {
        using var socket = Connect(path);
        try
        {
            socket.Send(request);
            if (halfClose)
                socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // Refused before its end: the answer says why.
        }

        return Answer(socket);
    }

    internal static JsonElement Ask(string path, string request, bool halfClose = false) => Ask(path, Encoding.UTF8.GetBytes(request), halfClose);

    internal static JsonElement Answer(Socket socket)
    {
        var all = new MemoryStream();
        var buffer = new byte[4096];
        for (int count; (count = socket.Receive(buffer)) > 0;)
            all.Write(buffer, 0, count);
        return JsonDocument.Parse(all.ToArray()).RootElement;
    }
}
