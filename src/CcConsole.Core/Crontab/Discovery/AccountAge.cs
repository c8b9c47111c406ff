using System.Globalization;

namespace CcConsole.Core.Crontab.Discovery;

/// <summary>
/// Whether an account's dates keep cron from starting its jobs: the daemons ask PAM (pam_acct_mgmt), whose pam_unix answers by
/// shadow(5), and start nothing on any answer but success. busybox asks nobody.
/// </summary>
internal static class AccountAge
{
    /// <param name="name">The user.</param>
    /// <param name="dates">Today, the password's last change, its age at most, the days of grace and the account's end, in days since 1970.</param>
    public static string? Problem(string name, string dates)
    {
        var days = Array.ConvertAll(dates.Split(','), static text => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : -1);
        if (days is not [> 0 and var today, var changed, var most, _, var end])
        {
            return null;
        }

        return end >= 0 && today >= end ? $"the account of {name} ended on {Date(end)}"
            : changed == 0 ? $"{name} has to change the password first"
            : changed > 0 && most >= 0 && today > changed + most ? $"the password of {name} ran out on {Date(changed + most)}"
            : null;
    }

    private static string Date(long days) => days < 1_000_000 ? DateTime.UnixEpoch.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "a day far off";
}
