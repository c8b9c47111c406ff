using System.CommandLine;
using CcConsole.Core;
using CcConsole.Verbs.Jobs;

namespace CcConsole.Verbs.Changes;

/// <summary><c>change …</c>: what this console has changed, on one host or on many, and what is left of it.</summary>
internal static class ChangeVerbs
{
    public static readonly Argument<string> Number = new("NUMBER") { Description = "A change's number, or a plan's: p7" };

    public static Command Create() => Verb.Group(
        "change", "What was changed from here, on one host or many: list, show, resume, undo",
        ChangeListVerb.Create(), ChangeShowVerb.Create(), ChangeResumeVerb.Create(), JobUndoVerb.Create("cc-console change undo p7"));

    /// <summary>A number as it was typed: of a plan for many hosts when it begins with a p.</summary>
    /// <exception cref="ProblemException">It is neither.</exception>
    public static (long Id, bool IsPlan) Parse(string number)
    {
        bool plan = number.StartsWith('p');
        return long.TryParse(plan ? number.AsSpan(1) : number, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long id)
            ? (id, plan)
            : throw new ProblemException($"\"{number}\" is not the number of a change", "Changes are numbered 41, plans for many hosts p7: cc-console change list shows them.");
    }
}
