using System.Reflection;
using System.Runtime.InteropServices;
using CcConsole.Core;
using SQLitePCL;

namespace CcConsole.Store.Sqlite;

/// <summary>
/// SQLite's native code. The published console has it linked in (DirectPInvoke of <c>e_sqlite3</c>, so the resolver below
/// is never asked); a program that runs on the shared runtime takes the system's library.
/// </summary>
internal static class SqliteLibrary
{
    private static readonly Lazy<bool> Registered = new(Register);

    /// <summary>Makes SQLite usable; cheap after the first call.</summary>
    /// <exception cref="ProblemException">The system has no SQLite library.</exception>
    public static void Load()
    {
        try
        {
            _ = Registered.Value;
        }
        catch (DllNotFoundException e)
        {
            throw new ProblemException("SQLite's library (libsqlite3) was not found on this machine",
                "Install it: apt-get install libsqlite3-0", e);
        }
    }

    private static bool Register()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        raw.FreezeProvider();
        return true;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != "e_sqlite3")
        {
            return 0;
        }

        string system = OperatingSystem.IsMacOS() ? "libsqlite3.dylib" : "libsqlite3.so.0";
        return NativeLibrary.Load(system, assembly, null);
    }
}
