using BenchmarkDotNet.Running;
using Benchmarks.Audit;
using Benchmarks.Tui;

// "audit-pairs FILE COMMAND…" times a published verifier beside openssl; "append-pairs FOLDER" the agent's writer with and without group commit; "frame-bytes" counts what a redraw allocates; anything else goes to BenchmarkDotNet.
if (args is ["audit-pairs" or "audit-pairs-signed", var file, .. var command] && command.Length > 0)
    return AuditPairs.Run(file, command, args[0] == "audit-pairs-signed");
if (args is ["append-pairs", var place])
    return AppendPairs.Run(place);
if (args is ["audit-search", var folder, var console])
    return SearchFigures.Run(folder, console);
if (args is ["frame-bytes"])
    return FrameBytes.Run();
BenchmarkSwitcher.FromAssembly(typeof(AuditPairs).Assembly).Run(args);
return 0;
