using CcAgent.Native;

namespace CcAgent.Journal;

/// <summary>The names of users as entries tell them: each is looked up once, since a directory service may take its time. Not for several threads.</summary>
internal sealed class UserNames
{
    private const int Most = 1000;

    private readonly Dictionary<uint, string> _names = [];

    internal string Of(uint uid)
    {
        if (!_names.TryGetValue(uid, out var name))
        {
            if (_names.Count > Most)
                _names.Clear();
            _names[uid] = name = UserAccount.Of(uid).Name;
        }

        return name;
    }
}
