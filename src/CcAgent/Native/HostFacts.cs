namespace CcAgent.Native;

/// <summary>What this host is called, and which boot of it this is.</summary>
internal static class HostFacts
{
    internal static string Name => Environment.MachineName;

    /// <summary>The kernel's random id of this boot; empty where there is none.</summary>
    internal static string BootId
    {
        get
        {
            try
            {
                return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
            }
            catch (IOException)
            {
                return "";
            }
        }
    }

    /// <summary>The IANA name of the host's time zone; "UTC" when none is set.</summary>
    internal static string Zone
    {
        get
        {
            var id = TimeZoneInfo.Local.Id;
            return id is "" or "Local" or "Etc/UTC" ? "UTC" : id;
        }
    }
}
