using CcConsole.Verbs;

return await RootVerb.RunAsync(args);
