using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace CcConsole.Verbs;

/// <summary>Reads the whole numbers of a command line: what is none is told in words, where the library's own would name .NET's type.</summary>
internal static class WholeNumbers
{
    /// <summary>Has the numbers of a command and of those below it read so, but for those that have a reader of their own.</summary>
    public static void ReadIn(Command command)
    {
        foreach (Option option in command.Options)
        {
            ReadIn<int>(option);
            ReadIn<long>(option);
        }

        foreach (Argument argument in command.Arguments)
        {
            ReadIn<int>(argument);
            ReadIn<long>(argument);
        }

        foreach (Command below in command.Subcommands) ReadIn(below);
    }

    private static void ReadIn<T>(Option option)
        where T : struct, IBinaryInteger<T>
    {
        if (option is Option<T> { CustomParser: null } number) number.CustomParser = Read<T>;
        else if (option is Option<T?> { CustomParser: null } optional) optional.CustomParser = ReadOptional<T>;
    }

    private static void ReadIn<T>(Argument argument)
        where T : struct, IBinaryInteger<T>
    {
        if (argument is Argument<T> { CustomParser: null } number) number.CustomParser = Read<T>;
        else if (argument is Argument<T?> { CustomParser: null } optional) optional.CustomParser = ReadOptional<T>;
    }

    private static T Read<T>(ArgumentResult given)
        where T : struct, IBinaryInteger<T> => ReadOptional<T>(given) ?? default;

    private static T? ReadOptional<T>(ArgumentResult given)
        where T : struct, IBinaryInteger<T>
    {
        if (given.Tokens is not [var token]) return null;
        if (T.TryParse(token.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out T number)) return number;
        given.AddError($"\"{token.Value}\" is no whole number that {(given.Parent is OptionResult option ? option.Option.Name : given.Argument.Name)} takes");
        return null;
    }
}
