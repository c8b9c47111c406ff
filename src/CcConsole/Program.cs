using CcConsole.Ssh;
using CcConsole.Verbs;

// ssh started this process to ask something: the question goes to the console that runs.
if (AskpassClient.IsRequested)
    return await AskpassClient.RunAsync(args.Length > 0 ? args[0] : "");

return await RootVerb.RunAsync(args);
