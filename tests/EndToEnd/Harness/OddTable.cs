namespace EndToEnd.Harness;

/// <summary>
/// A table that Debian's crontab accepts but for its end: comments, blank lines, tabs, a carriage return, Latin-1 bytes, input
/// after %, a paused line, and no final line feed.
/// </summary>
internal static class OddTable
{
    public static byte[] Bytes =>
    [
        .. "# table of the caf"u8, 0xe9, .. "\n\n \t \n\tMAILTO=\"\"\nNAME = \" quoted \" \n\t*/30  *\t* * *\techo tab  \r\n"u8,
        .. "#0 3 * * * echo commented out\n@weekly true\n0 5 29 2 *  cat %first"u8, 0xe9, 0xff, .. "%second"u8,
    ];
}
