using System.Text;
using CcAgent.Native;
using CcConsole.Core.Protocol;

namespace CcAgent.Serve;

/// <summary>
/// The environment, shell and directory that cron gives a command of a user's table (crontab(5)): SHELL, PATH, HOME and
/// LOGNAME, then the table's variables; LOGNAME cannot be changed.
/// </summary>
internal sealed record JobEnvironment(IReadOnlyList<byte[]> Variables, byte[] Shell, string Home)
{
    internal static JobEnvironment Of(UserAccount account, IReadOnlyList<JobVariable>? table)
    {
        var variables = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            ["SHELL"] = "/bin/sh"u8.ToArray(),
            ["PATH"] = "/usr/bin:/bin"u8.ToArray(),
            ["HOME"] = Encoding.UTF8.GetBytes(account.Home),
            ["LOGNAME"] = Encoding.UTF8.GetBytes(account.Name),
        };
        foreach (var variable in table ?? [])
        {
            // Latin-1 keeps every byte of a name.
            var name = Encoding.Latin1.GetString(variable.Name);
            if (name.Length > 0 && name != "LOGNAME" && !name.Contains('=', StringComparison.Ordinal) && !name.Contains('\0', StringComparison.Ordinal)
                && !variable.Value.AsSpan().Contains((byte)0))
            {
                variables[name] = variable.Value;
            }
        }

        var list = new List<byte[]>(variables.Count);
        foreach (var (name, value) in variables)
            list.Add([.. Encoding.Latin1.GetBytes(name), (byte)'=', .. value]);
        return new JobEnvironment(list, variables["SHELL"], Encoding.UTF8.GetString(variables["HOME"]));
    }
}
