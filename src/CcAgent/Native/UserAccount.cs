using System.Globalization;
using System.Runtime.InteropServices;

namespace CcAgent.Native;

/// <summary>A user of this system, from its user database (getpwuid_r(3)).</summary>
/// <param name="Name">The login name; the number where there is none.</param>
/// <param name="Uid">The user's id.</param>
/// <param name="Gid">The id of the user's own group.</param>
/// <param name="Home">The home directory; empty where the database has no such user.</param>
/// <param name="Shell">The login shell; empty where the database has no such user.</param>
internal sealed record UserAccount(string Name, uint Uid, uint Gid, string Home, string Shell)
{
    internal static unsafe UserAccount Of(uint uid)
    {
        var record = stackalloc byte[256];
        Span<byte> text = stackalloc byte[4096];
        fixed (byte* buffer = text)
        {
            if (Libc.getpwuid_r(uid, record, buffer, (nuint)text.Length, out var found) == 0 && found != 0)
                return From(record);
        }

        return new UserAccount(uid.ToString(CultureInfo.InvariantCulture), uid, uint.MaxValue, "", "");
    }

    internal static unsafe UserAccount? Named(string name)
    {
        var record = stackalloc byte[256];
        Span<byte> text = stackalloc byte[4096];
        fixed (byte* buffer = text)
        {
            return Libc.getpwnam_r(name, record, buffer, (nuint)text.Length, out var found) == 0 && found != 0 ? From(record) : null;
        }
    }

    // struct passwd: name, password, uid, gid, then on macOS change and class, gecos, home, shell.
    private static unsafe UserAccount From(byte* record)
    {
        var home = OperatingSystem.IsMacOS() ? 48 : 32;
        return new UserAccount(
            Text(record), *(uint*)(record + 16), *(uint*)(record + 20), Text(record + home), Text(record + home + 8));
    }

    private static unsafe string Text(byte* field) => Marshal.PtrToStringUTF8(*(nint*)field) ?? "";
}
