using System.CommandLine;
using CcConsole.Fleet;
using Humanizer;

namespace CcConsole.Verbs.Audit;

/// <summary><c>audit export</c>: a host's verified copy, byte for byte as the host's own.</summary>
internal static class AuditExportVerb
{
    private static readonly Argument<string> File = new("FILE") { Description = "A file that does not exist yet" };

    public static Command Create() => FleetVerb.Create(
        "export", "Write a host's verified copy to a new file, byte for byte", "cc-console audit export web01 web01.jsonl", RunAsync, FleetVerb.Host, File);

    private static Task<int> RunAsync(VerbContext context, FleetControl fleet)
    {
        string path = context.Get(File);
        long bytes = fleet.Audit.Export(context.Get(FleetVerb.Host), Path.GetFullPath(path));
        if (context.Json)
        {
            context.Document(json =>
            {
                json.WriteString("file", path);
                json.WriteNumber("bytes", bytes);
            });
        }
        else
        {
            context.Error.WriteLine($"wrote {bytes.Bytes().Humanize()} to {Plain.Text(path)}");
        }
        return Task.FromResult(Verb.Good);
    }
}
