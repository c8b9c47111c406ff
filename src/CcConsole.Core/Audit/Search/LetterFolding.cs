using System.Text;

namespace CcConsole.Core.Audit.Search;

/// <summary>
/// Letters as they are compared in a search: lower case, and without the marks on them, so that "muller" finds "Müller" in whichever of
/// its two spellings a file system gave (Unicode's forms C and D).
/// </summary>
/// <remarks>
/// The runtime is built without its tables of decompositions. These are the lower-case letters of U+00C0-04FF and U+1E00-1FFF whose canonical
/// decomposition is a letter and marks alone (UnicodeData.txt, field 5), with U+0130 and the Greek final sigma beside them.
/// </remarks>
internal static class LetterFolding
{
    private const string Marked =
        "àáâãäåçèéêëìíîïñòóôõöùúûüýÿāăąćĉċčďēĕėęěĝğġģĥĩīĭįİĵķĺļľńņňōŏőŕŗřśŝşšţťũūŭůűųŵŷźżžơưǎǐǒǔǖǘǚǜǟǡǣǧǩǫǭǯǰ"
        + "ǵǹǻǽǿȁȃȅȇȉȋȍȏȑȓȕȗșțȟȧȩȫȭȯȱȳΐάέήίΰςϊϋόύώϓϔйѐёѓїќѝўѷӂӑӓӗӛӝӟӣӥӧӫӭӯӱӳӵӹḁḃḅḇḉḋḍḏḑḓḕḗḙḛḝḟḡḣḥḧḩḫḭḯḱḳḵḷḹḻḽḿṁ"
        + "ṃṅṇṉṋṍṏṑṓṕṗṙṛṝṟṡṣṥṧṩṫṭṯṱṳṵṷṹṻṽṿẁẃẅẇẉẋẍẏẑẓẕẖẗẘẙẛạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹἀἁἂἃἄἅἆἇ"
        + "ἐἑἒἓἔἕἠἡἢἣἤἥἦἧἰἱἲἳἴἵἶἷὀὁὂὃὄὅὐὑὒὓὔὕὖὗὠὡὢὣὤὥὦὧὰάὲέὴήὶίὸόὺύὼώᾀᾁᾂᾃᾄᾅᾆᾇᾐᾑᾒᾓᾔᾕᾖᾗᾠᾡᾢᾣᾤᾥᾦᾧᾰᾱᾲᾳᾴᾶᾷῂῃῄῆῇῐῑῒΐῖῗ"
        + "ῠῡῢΰῤῥῦῧῲῳῴῶῷ";

    private const string Bare =
        "aaaaaaceeeeiiiinooooouuuuyyaaaccccdeeeeegggghiiiiijklllnnnooorrrssssttuuuuuuwyzzzouaiouuuuuaaægkooʒj"
        + "gnaæøaaeeiioorruusthaeooooyιαεηιυσιυουωϒϒиеегікиуѵжааеәжзииоөэууучыabbbcdddddeeeeefghhhhhiikkkllllmm"
        + "mnnnnoooopprrrrsssssttttuuuuuvvwwwwwxxyzzzhtwyſaaaaaaaaaaaaeeeeeeeeiioooooooooooouuuuuuuyyyyαααααααα"
        + "εεεεεεηηηηηηηηιιιιιιιιοοοοοουυυυυυυυωωωωωωωωααεεηηιιοουυωωααααααααηηηηηηηηωωωωωωωωαααααααηηηηηιιιιιι"
        + "υυυυρρυυωωωωω";

    /// <summary>Whether a character is only a mark on the one before it (U+0300-036F) or not to be seen at all.</summary>
    public static bool IsDropped(Rune rune) => rune.Value is >= 0x0300 and <= 0x036f or 0x00ad or >= 0x200b and <= 0x200f or >= 0x202a and <= 0x202e or >= 0x2060 and <= 0x2069 or 0xfeff;

    /// <summary>A letter as it is compared; what is not a letter stays.</summary>
    public static Rune Fold(Rune rune)
    {
        Rune lower = Rune.ToLowerInvariant(rune);
        if (lower.Value is < 0xc0 or > 0x1fff)
            return lower;
        int found = Marked.AsSpan().BinarySearch((char)lower.Value);
        return found < 0 ? lower : new Rune(Bare[found]);
    }
}
