using CcConsole.Core;

namespace CcConsole.Store.Chains;

/// <summary>The index was damaged: it is made anew by who asks it next. Nothing of the copies is lost.</summary>
internal sealed class IndexLostException(string path, Exception inner)
    : ProblemException($"The index {path} is damaged: {inner.Message}", "It is made anew at the next search; where it is not, end the other consoles that have it open.", inner);
