using CcConsole.Fleet.Agents;
using CcConsole.Verbs;

namespace CcConsole.Composition;

/// <summary>The agent that travels inside this program: publish.sh puts it there, a plain build has none.</summary>
internal static class CarriedAgents
{
    private const string Resource = "cc-agent";

    public static IReadOnlyList<AgentBinary> Read()
    {
        using Stream? stream = typeof(CarriedAgents).Assembly.GetManifestResourceStream(Resource);
        if (stream is null) return [];
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return [AgentBinary.Read(bytes, RootVerb.Version, "the agent in this program")];
    }
}
