using System.Text;

namespace CcConsole.Ssh;

/// <summary>The place of a host's control socket.</summary>
internal static class ControlPath
{
    /// <summary>sun_path holds 104 bytes on macOS, 108 on Linux; ssh first binds to a name that is 17 longer.</summary>
    private const int LongestSocket = 103 - 17;

    /// <summary>A new name in the directory: short, and no other console's, so that closing it cuts nobody else off.</summary>
    /// <exception cref="HostProblemException">The directory is not safe, or its path is too long.</exception>
    internal static string Create(string host, string directory)
    {
        try
        {
            PrivateDirectory.Ensure(directory);
        }
        catch (Core.ProblemException e)
        {
            throw new HostProblemException(host, HostProblemKind.LocalSetup, e.Message, e.Hint, e);
        }
        string path = Path.Combine(Path.GetFullPath(directory), Guid.NewGuid().ToString("N")[..10]);
        return Encoding.UTF8.GetByteCount(path) <= LongestSocket && !path.Contains("${", StringComparison.Ordinal)
            ? path
            : throw new HostProblemException(
                host, HostProblemKind.LocalSetup,
                $"The path of the directory for connections, {Plain.Text(directory)}, is too long for a unix socket",
                "Set XDG_RUNTIME_DIR to a shorter one, of mode 0700.");
    }
}
