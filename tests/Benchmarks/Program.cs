using BenchmarkDotNet.Running;
using Benchmarks.Audit;

// "audit-pairs FILE COMMAND…" times a published verifier beside openssl; anything else goes to BenchmarkDotNet.
if (args is ["audit-pairs", var file, .. var command] && command.Length > 0)
    return AuditPairs.Run(file, command);
BenchmarkSwitcher.FromAssembly(typeof(AuditPairs).Assembly).Run(args);
return 0;
