using System.Globalization;
using System.Text;
using CcConsole.Core;

namespace CcAgent.Journal;

/// <summary>
/// The alarms about the audit log. They stay in sight until a person, having looked, removes the file; the entries in the
/// chain stay for good.
/// </summary>
internal sealed class AlarmFile
{
    private readonly string _path;

    internal AlarmFile(string stateDirectory) => _path = stateDirectory + "/alarms";

    internal void Add(long micros, string message)
    {
        using var file = AppendFile.Open(_path, 0x180);
        var time = UnixMicros.Time(micros);
        file.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{time:yyyy-MM-dd'T'HH:mm:ss'Z'} {message}\n")));
        file.Sync();
    }

    /// <summary>The alarms, oldest first; none when there is no such file.</summary>
    /// <exception cref="ProblemException">The file cannot be read.</exception>
    internal IReadOnlyList<string> Read()
    {
        try
        {
            return File.Exists(_path) ? File.ReadAllLines(_path) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException($"{_path} cannot be read: {e.Message}", inner: e);
        }
    }
}
