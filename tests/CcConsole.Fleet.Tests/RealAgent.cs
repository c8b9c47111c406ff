using System.Diagnostics;
using System.Net.Sockets;
using CcConsole.Fleet.Hosts;

namespace CcConsole.Fleet.Tests;

/// <summary>The real agent's daemon in a folder of its own; ended by its pid.</summary>
internal sealed class RealAgent : IDisposable
{
    private Process? _daemon;

    /// <param name="directory">Its folder.</param>
    /// <param name="settings">Its settings.json; null for none.</param>
    public RealAgent(string directory, string? settings = null)
    {
        Dir = directory;
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (settings is not null)
        {
            File.WriteAllText(Path.Combine(directory, "settings.json"), settings);
        }

        Start();
    }

    public static string Executable { get; } = Path.Combine(AppContext.BaseDirectory, "cc-agent");

    public string Dir { get; }

    /// <summary>The chain's segments, in order.</summary>
    public IEnumerable<string> Segments => Directory.GetFiles(Path.Combine(Dir, "audit"), "*.jsonl").Order(StringComparer.Ordinal);

    public HostEntry On(HostEntry host) => host with { AgentPath = Executable, AgentDir = Dir };

    public void Start()
    {
        string socket = Path.Combine(Dir, "cc-agent.sock");
        _daemon = Process.Start(new ProcessStartInfo(Executable, ["daemon", "--dir", Dir]) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true })!;
        _ = _daemon.StandardOutput.ReadToEndAsync();
        Task<string> error = _daemon.StandardError.ReadToEndAsync();
        for (int i = 0; i < 2400; i++)
        {
            if (_daemon.HasExited)
            {
                throw new InvalidOperationException($"the daemon ended: {error.Result}");
            }

            if (Answers(socket))
            {
                return;
            }

            Thread.Sleep(25);
        }

        throw new TimeoutException("the daemon does not listen after 60 s");
    }

    // Its socket has its place before anybody is let in; who says nothing leaves no trace.
    private static bool Answers(string path)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public void Stop()
    {
        if (_daemon is not null)
        {
            Process.Start("kill", ["-TERM", _daemon.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]).WaitForExit();
            if (!_daemon.WaitForExit(60_000))
            {
                _daemon.Kill();
                _daemon.WaitForExit();
            }

            _daemon.Dispose();
            _daemon = null;
        }
    }

    /// <summary>Takes the append-only flag away, where the file system has one: what root on the host can do.</summary>
    public void Unlock()
    {
        ProcessStartInfo start = new("chattr", ["-R", "-a", Path.Combine(Dir, "audit")]) { RedirectStandardError = true, RedirectStandardOutput = true };
        using Process chattr = Process.Start(start)!;
        chattr.WaitForExit();
    }

    public void Dispose()
    {
        Stop();
        Unlock();
    }
}
