using System.CommandLine;

namespace CcConsole.Verbs.Completion;

/// <summary>
/// <c>completion bash|zsh|fish</c>: prints a script for that shell, which asks the console itself (the
/// <c>[suggest:POSITION]</c> directive of System.CommandLine), so that it never lags behind the verbs.
/// </summary>
internal static class CompletionVerb
{
    public static Command Create() => Verb.Group(
        "completion", "Print a completion script for a shell",
        For("bash", "source <(cc-console completion bash)", Bash),
        For("zsh", "source <(cc-console completion zsh)", Zsh),
        For("fish", "cc-console completion fish | source", Fish));

    private static Command For(string shell, string example, string script) =>
        Verb.Create(shell, $"Completion for {shell}", example, context =>
        {
            context.Output.Write(script);
            return Task.FromResult(Verb.Good);
        });

    // Names of hosts come with the rest: what is offered is compared as text, never expanded (as compgen -W would).
    internal const string Bash = """
        _cc_console() {
            local word typed=${COMP_WORDS[COMP_CWORD]}
            COMPREPLY=()
            while IFS= read -r word; do
                [[ $word == -* && $typed != -* ]] || [[ $word != "$typed"* ]] || COMPREPLY+=("$word")
            done < <(cc-console "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)
        }
        complete -o default -F _cc_console cc-console

        """;

    private const string Zsh = """
        _cc_console() {
            local -a found
            found=("${(@f)$(cc-console "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
            compadd -a found || _files
        }
        compdef _cc_console cc-console

        """;

    private const string Fish = """
        complete -c cc-console -a '(set -l line (commandline -cp); cc-console "[suggest:"(string length -- $line)"]" $line 2>/dev/null)'

        """;
}
