using System.Runtime.InteropServices;
using Xunit;

namespace CcAgent.Tests.Harness;

/// <summary>
/// Lets one thread of a test be another user: a Linux thread has credentials of its own, which the daemon sees in
/// SO_PEERCRED. The thread ends with it.
/// </summary>
internal static class ThreadIdentity
{
    /// <summary>Starts a thread of that user; 0 stays root.</summary>
    internal static Task RunAs(uint uid, Action body)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                // setresuid(2) itself: the C library's function would change every thread.
                if (uid != 0)
                    Assert.Equal(0, Call(RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 117 : 147, uid, uid, uid));
                body();
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        })
        { IsBackground = true }.Start();
        return done.Task;
    }

    [DllImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static extern nint Call(nint number, nuint real, nuint effective, nuint saved);
}
