using CcConsole.Core;

namespace CcConsole.Fleet.Hosts;

/// <summary>The hosts that the program knows: those of the file, read anew when it has changed.</summary>
internal sealed class HostDirectory(HostsFile file)
{
    private readonly Lock _reading = new();
    private (DateTime Written, long Length, IReadOnlyList<HostEntry> Hosts)? _read;

    /// <exception cref="ProblemException">The file cannot be used.</exception>
    public IReadOnlyList<HostEntry> List()
    {
        lock (_reading)
        {
            FileInfo now = new(file.FilePath);
            (DateTime Written, long Length) stamp = now.Exists ? (now.LastWriteTimeUtc, now.Length) : default;
            if (_read is not { } read || read.Written != stamp.Written || read.Length != stamp.Length)
            {
                _read = read = (stamp.Written, stamp.Length, file.Load());
            }

            return read.Hosts;
        }
    }

    /// <exception cref="ProblemException">There is no such host.</exception>
    public HostEntry Get(string name) => List().FirstOrDefault(host => host.Name == name)
        ?? throw (name.StartsWith('-') ? new ProblemException($"There is no option {Ssh.Plain.Text(name)} here", "--help names the options") : new ProblemException($"There is no host \"{Ssh.Plain.Text(name)}\" in the fleet", "cc-console host list shows the names; cc-console host add adds one."));
}
