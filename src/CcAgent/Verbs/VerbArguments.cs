using System.Globalization;
using CcAgent.Places;
using CcConsole.Core;

namespace CcAgent.Verbs;

/// <summary>The options of the verbs: --dir, --json, --limit, and what a verb adds of its own.</summary>
internal sealed record VerbArguments(string? Directory, bool Json, int? Limit, bool AppendOnly, string? Settings = null, string? Policy = null)
{
    internal AgentPlaces Places => AgentPlaces.For(Directory);

    /// <param name="verb">The verb, for messages.</param>
    /// <param name="arguments">What follows it.</param>
    /// <param name="allowed">The options that it knows.</param>
    /// <exception cref="ProblemException">A usage error.</exception>
    internal static VerbArguments Parse(string verb, ReadOnlySpan<string> arguments, params ReadOnlySpan<string> allowed)
    {
        var parsed = new VerbArguments(null, false, null, false);
        for (var i = 0; i < arguments.Length; i++)
        {
            var equals = arguments[i].IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? arguments[i] : arguments[i][..equals];
            if (!allowed.Contains(name))
                throw Usage(verb, $"unknown option {name}");
            parsed = name switch
            {
                "--json" => parsed with { Json = true },
                "--append-only" => parsed with { AppendOnly = true },
                _ => Valued(verb, parsed, name, equals >= 0 ? arguments[i][(equals + 1)..]
                    : ++i < arguments.Length ? arguments[i] : throw Usage(verb, $"{name} needs a value")),
            };
        }

        return parsed;
    }

    internal static ProblemException Usage(string verb, string message) => new($"{verb}: {message}", $"cc-agent {verb} --help");

    private static VerbArguments Valued(string verb, VerbArguments parsed, string name, string value)
    {
        if (name == "--dir")
            return parsed with { Directory = value.Length > 0 ? value : throw Usage(verb, "--dir needs a directory") };
        if (name == "--settings")
            return parsed with { Settings = value.Length > 0 ? value : throw Usage(verb, "--settings needs a file") };
        if (name == "--policy")
            return parsed with { Policy = value };
        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0
            ? parsed with { Limit = limit }
            : throw Usage(verb, "--limit must be a number from 1");
    }
}
