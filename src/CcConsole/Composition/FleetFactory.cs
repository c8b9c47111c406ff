using CcConsole.Fleet;
using CcConsole.Fleet.Hosts;
using CcConsole.Ssh;
using CcConsole.Verbs;

namespace CcConsole.Composition;

/// <summary>Puts the application together: folders, settings, the ways to the hosts, and the fleet on top of them.</summary>
internal static class FleetFactory
{
    /// <summary>Opens the fleet of the person who runs the program; touches no host.</summary>
    /// <param name="places">Its folders.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="readOnly">True: changes are refused whatever the settings say.</param>
    /// <param name="askpass">Where ssh's questions go; null where nobody can answer.</param>
    public static FleetControl Open(Places places, Settings settings, bool readOnly = false, AskpassServer? askpass = null)
    {
        var ssh = new SshOptions(places.Runtime) { ConfigFile = settings.SshConfig, Handshakes = new HandshakeGate(), Askpass = askpass };
        return FleetControl.Open(new FleetOptions
        {
            StateDirectory = places.State,
            ConfigDirectory = places.Config,
            Shells = HostShells.Create(ssh),
            Actor = Environment.UserName,
            Origin = Environment.MachineName,
            Client = $"cc-console {RootVerb.Version}",
            ReadOnly = readOnly || settings.ReadOnly,
            AgentBinaries = CarriedAgents.Read,
            DeepInterval = settings.DeepHours > 0 ? TimeSpan.FromHours(settings.DeepHours) : null,
            ArchiveAfter = settings.ArchiveDays > 0 ? TimeSpan.FromDays(settings.ArchiveDays) : null,
            StaleAfter = settings.StaleMinutes > 0 ? TimeSpan.FromMinutes(settings.StaleMinutes) : null,
            LookInterval = settings.LookHours > 0 ? TimeSpan.FromHours(settings.LookHours) : null,
        });
    }
}
