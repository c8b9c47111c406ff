using CcConsole.Core;

namespace CcConsole.Ssh;

/// <summary>Names that may be given to ssh as a destination.</summary>
internal static class HostName
{
    /// <exception cref="ProblemException">It is empty, would be read as an option, or holds characters that no host's name has.</exception>
    internal static string Check(string host)
    {
        bool fine = host.Length is > 0 and <= 255 && host[0] != '-'
            && !host.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || "'\"`$\\;&|<>(){}*?!#".Contains(c, StringComparison.Ordinal));
        return fine
            ? host
            : throw new ProblemException(
                $"'{Plain.Text(host)}' cannot be the name of a host", "Give an alias of ssh_config, a name, user@name or user@name:port.");
    }
}
