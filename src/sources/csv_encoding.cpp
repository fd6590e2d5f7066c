#include "sources/csv_encoding.hpp"

#include "sources/field_names.hpp"
#include "sources/utf8.hpp"

#include <uchardet.h>
#include <unicode/ucnv.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace tributary {
namespace {

struct KnownEncoding {
    std::string_view name;
    std::string_view converter;
    std::string_view folded[3]; // other ways to write it
};

// What spreadsheets and CRMs export. Latin-1 is read as windows-1252, as every browser does.
constexpr KnownEncoding kEncodings[] = {
    {"utf-8", "", {"utf8", "utf8sig", ""}},
    {"utf-16le", "UTF-16LE", {"utf16le", "utf16", "ucs2"}},
    {"utf-16be", "UTF-16BE", {"utf16be", "", ""}},
    {"utf-32le", "UTF-32LE", {"utf32le", "utf32", "ucs4"}},
    {"utf-32be", "UTF-32BE", {"utf32be", "", ""}},
    {"windows-1252", "windows-1252", {"windows1252", "cp1252", "ansi"}},
    {"windows-1252", "windows-1252", {"latin1", "iso88591", "usascii"}},
    {"iso-8859-2", "ISO-8859-2", {"iso88592", "latin2", ""}},
    {"iso-8859-15", "ISO-8859-15", {"iso885915", "latin9", ""}},
    {"windows-1250", "windows-1250", {"windows1250", "cp1250", ""}},
    {"windows-1251", "windows-1251", {"windows1251", "cp1251", ""}},
    {"windows-1253", "windows-1253", {"windows1253", "cp1253", ""}},
    {"windows-1254", "windows-1254", {"windows1254", "cp1254", "iso88599"}},
    {"windows-1255", "windows-1255", {"windows1255", "cp1255", ""}},
    {"windows-1256", "windows-1256", {"windows1256", "cp1256", ""}},
    {"windows-1257", "windows-1257", {"windows1257", "cp1257", "iso885913"}},
    {"iso-8859-5", "ISO-8859-5", {"iso88595", "", ""}},
    {"iso-8859-7", "ISO-8859-7", {"iso88597", "", ""}},
    {"koi8-r", "KOI8-R", {"koi8r", "", ""}},
    {"ibm866", "IBM866", {"ibm866", "cp866", ""}},
    {"macintosh", "macintosh", {"macintosh", "macroman", "mac"}},
    {"shift_jis", "windows-31j", {"shiftjis", "sjis", "cp932"}},
    {"euc-jp", "EUC-JP", {"eucjp", "", ""}},
    {"gb18030", "gb18030", {"gb18030", "gbk", "gb2312"}},
    {"big5", "Big5", {"big5", "", ""}},
    {"euc-kr", "windows-949", {"euckr", "cp949", "uhc"}},
};

CsvEncoding encoding_named(std::string_view folded) { return *parse_encoding(folded); }

// Those that no text has many of: all of C0 but the white ones, the end mark of old systems and escape.
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 && std::string_view("\t\n\v\f\r\x1A\x1B").find(c) == std::string_view::npos; }

// Files people upload by mistake, by their first bytes. (Workbooks and gzip are taken elsewhere, before this.)
Result<void> check_is_text(std::string_view head) {
    static constexpr std::pair<std::string_view, std::string_view> kOthers[] = {
        {"PK\x03\x04", "This is a zip file inside another one. Send the file itself."},
        {"\xD0\xCF\x11\xE0",
         "This is an old Excel workbook (.xls), or one with a password. Save it as .xlsx or CSV without one and send that."},
        {"%PDF", "This is a PDF, not a table."},
        {"\x1F\x8B", "This is a gzip file inside another one. Send the file itself."},
        {"BZh", "This is a bzip2 file. Send the file itself, or pack it with gzip."},
        {"\x28\xB5\x2F\xFD", "This is a zstd file. Send the file itself, or pack it with gzip."},
        {"7z\xBC\xAF", "This is a 7z archive. Send the file itself, or pack it with gzip."},
        {"\x89PNG", "This is a picture, not a table."},
        {"\xFF\xD8\xFF", "This is a picture, not a table."},
    };
    for (const auto& [magic, message] : kOthers) {
        if (head.starts_with(magic)) return refuse(Reason::Invalid, "not_text", std::string(message));
    }
    constexpr std::size_t kStrayNulsOneIn = 100; // a row with a NUL is refused alone; a file of them is none
    if (static_cast<std::size_t>(std::ranges::count(head, '\0')) * kStrayNulsOneIn > head.size())
        return refuse(Reason::Invalid, "not_text", "The file is not text: it holds many NUL bytes.");
    constexpr std::size_t kStrayControlsOneIn = 30; // by chance, one byte in ten is one
    constexpr std::size_t kToldFromBytes = 1024;    // less may be one odd cell
    if (head.size() >= kToldFromBytes && static_cast<std::size_t>(std::ranges::count_if(head, is_control)) * kStrayControlsOneIn > head.size())
        return refuse(Reason::Invalid, "not_text", "The file is not text: it holds many control characters.");
    return {};
}

std::optional<CsvEncoding> marked_encoding(std::string_view head) {
    CsvEncoding marked;
    if (head.starts_with("\xEF\xBB\xBF"))
        marked.bom_bytes = 3;
    else if (head.starts_with(std::string_view("\xFF\xFE\0\0", 4)))
        (marked = encoding_named("utf32le")).bom_bytes = 4;
    else if (head.starts_with(std::string_view("\0\0\xFE\xFF", 4)))
        (marked = encoding_named("utf32be")).bom_bytes = 4;
    else if (head.starts_with("\xFF\xFE"))
        (marked = encoding_named("utf16le")).bom_bytes = 2;
    else if (head.starts_with("\xFE\xFF"))
        (marked = encoding_named("utf16be")).bom_bytes = 2;
    else
        return std::nullopt;
    marked.evidence = "It begins with a byte order mark.";
    return marked;
}

// ASCII in UTF-16 has a NUL at every second byte; nothing else does.
std::optional<CsvEncoding> wide_encoding(std::string_view head) {
    constexpr std::size_t kLookedAt = 4096;
    constexpr std::size_t kBytesMin = 8;
    head = head.substr(0, kLookedAt);
    std::array<std::size_t, 2> nuls{};
    for (std::size_t at = 0; at < head.size(); ++at) nuls[at % 2] += head[at] == '\0' ? 1 : 0;
    const std::size_t many = head.size() / 5; // of a half: two fifths of its bytes
    const std::size_t few = head.size() / 40;
    if (head.size() < kBytesMin || std::max(nuls[0], nuls[1]) < many || std::min(nuls[0], nuls[1]) > few) return std::nullopt;
    CsvEncoding wide = encoding_named(nuls[1] > nuls[0] ? "utf16le" : "utf16be");
    wide.evidence = "Every second byte is NUL.";
    return wide;
}

// How much of what is not ASCII is sound UTF-8. A head may end in the middle of a character.
struct Utf8Share {
    std::size_t sound = 0;  // characters
    std::size_t broken = 0; // bytes
};

Utf8Share utf8_share(std::string_view head, bool whole) {
    Utf8Share share;
    while (!head.empty()) {
        const std::string_view sound = head.substr(0, utf8_prefix(head));
        share.sound += static_cast<std::size_t>(std::ranges::count_if(sound, [](unsigned char c) { return c >= 0xC0; }));
        head.remove_prefix(sound.size());
        if (head.empty() || (!whole && head.size() < 4)) break;
        ++share.broken;
        head.remove_prefix(1);
    }
    return share;
}

// Bytes above ASCII, and the runs they stand in: alone in Latin words, together in words of other scripts.
struct HighBytes {
    std::size_t bytes = 0;
    std::size_t runs = 0;
};

HighBytes high_bytes(std::string_view head) {
    HighBytes high;
    bool inside = false;
    for (const char c : head) {
        const bool is_high = static_cast<unsigned char>(c) >= 0x80;
        high.bytes += is_high ? 1 : 0;
        high.runs += is_high && !inside ? 1 : 0;
        inside = is_high;
    }
    return high;
}

std::string charset_by_letters(std::string_view head) {
    const std::unique_ptr<std::remove_pointer_t<uchardet_t>, void (*)(uchardet_t)> detector(uchardet_new(), uchardet_delete);
    if (detector == nullptr || uchardet_handle_data(detector.get(), head.data(), head.size()) != 0) return {};
    uchardet_data_end(detector.get());
    return uchardet_get_charset(detector.get());
}

bool converts_soundly(std::string_view head, const CsvEncoding& encoding) {
    std::string text;
    Transcoder(encoding).convert(head, false, text);
    return text.find("\uFFFD") == std::string::npos;
}

// The detector is bold on little text, so its word is taken only where the shape of the bytes agrees.
CsvEncoding encoding_by_letters(std::string_view head) {
    constexpr std::size_t kLookedAt = 64 * 1024;
    constexpr std::size_t kLatinBytesMin = 8;
    head = head.substr(0, kLookedAt);
    const HighBytes high = high_bytes(head);
    CsvEncoding western = encoding_named("windows1252");
    western.evidence = "It is not UTF-8, and nothing speaks for another script.";
    auto guessed = parse_encoding(charset_by_letters(head));
    if (!guessed || guessed->converter.empty() || guessed->converter.starts_with("UTF")) return western;
    guessed->evidence = "Its letters look like it.";
    const auto is_one_of = [&](std::initializer_list<std::string_view> names) {
        return std::ranges::find(names, guessed->name) != names.end();
    };
    if (is_one_of({"shift_jis", "euc-jp", "gb18030", "big5", "euc-kr"}))
        return 2 * high.bytes >= 3 * high.runs && converts_soundly(head, *guessed) ? *guessed : western;
    if (is_one_of({"windows-1251", "windows-1253", "windows-1255", "windows-1256", "iso-8859-5", "iso-8859-7", "koi8-r", "ibm866"}))
        return 2 * high.bytes >= 5 * high.runs ? *guessed : western;
    if (is_one_of({"windows-1250", "iso-8859-2", "windows-1254", "windows-1257"})) return high.bytes >= kLatinBytesMin ? *guessed : western;
    return western;
}

} // namespace

std::optional<CsvEncoding> parse_encoding(std::string_view text) {
    const std::string folded = folded_name(text);
    if (folded.empty()) return std::nullopt;
    for (const KnownEncoding& known : kEncodings) {
        if (std::ranges::find(known.folded, folded) != std::end(known.folded)) return CsvEncoding{known.name, known.converter, 0};
    }
    return std::nullopt;
}

std::string encoding_names() {
    std::string names;
    std::string_view last;
    for (const KnownEncoding& known : kEncodings) {
        if (known.name == last) continue;
        if (!names.empty()) names += ", ";
        names += last = known.name;
    }
    return names;
}

Result<CsvEncoding> detect_encoding(std::string_view head, bool whole, const std::optional<CsvEncoding>& asked) {
    if (const auto marked = marked_encoding(head)) return *marked;
    const bool asked_wide = asked && asked->converter.starts_with("UTF-");
    if (!asked) {
        if (const auto wide = wide_encoding(head)) return *wide;
    }
    if (!asked_wide) {
        if (auto text = check_is_text(head); !text) return std::unexpected(std::move(text.error()));
    }
    if (asked) {
        CsvEncoding told = *asked;
        told.evidence = "The sender said so.";
        return told;
    }
    const Utf8Share share = utf8_share(head, whole);
    CsvEncoding utf8;
    utf8.evidence = share.broken == 0 ? "It is UTF-8." : "Much of it is UTF-8; rows that are not are refused.";
    // By chance one character of another encoding in ten looks like UTF-8, at most: half as many are none of chance.
    if (share.broken == 0 || 2 * share.sound >= share.broken) return utf8;
    return encoding_by_letters(head);
}

struct Transcoder::State {
    explicit State(const CsvEncoding& encoding) {
        UErrorCode error = U_ZERO_ERROR;
        from = ucnv_open(std::string(encoding.converter).c_str(), &error);
        to = ucnv_open("UTF-8", &error);
        if (U_FAILURE(error)) throw std::runtime_error("the Unicode library has no converter for " + std::string(encoding.converter));
    }
    ~State() {
        ucnv_close(from);
        ucnv_close(to);
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    UConverter* from = nullptr;
    UConverter* to = nullptr;
    std::array<UChar, 4096> pivot{};
    UChar* pivot_source = pivot.data();
    UChar* pivot_target = pivot.data();
};

Transcoder::Transcoder(const CsvEncoding& encoding) {
    if (!encoding.converter.empty()) state_ = std::make_unique<State>(encoding);
}
Transcoder::~Transcoder() = default;
Transcoder::Transcoder(Transcoder&&) noexcept = default;
Transcoder& Transcoder::operator=(Transcoder&&) noexcept = default;

void Transcoder::convert(std::string_view bytes, bool last, std::string& out) {
    if (is_identity()) {
        out.append(bytes);
        return;
    }
    State& state = *state_;
    const char* source = bytes.empty() ? "" : bytes.data(); // the library takes no null pointer
    const char* source_end = source + bytes.size();
    UErrorCode error = U_BUFFER_OVERFLOW_ERROR;
    std::array<char, 16 * 1024> piece{};
    while (error == U_BUFFER_OVERFLOW_ERROR) {
        error = U_ZERO_ERROR;
        char* target = piece.data();
        ucnv_convertEx(state.to, state.from, &target, piece.data() + piece.size(), &source, source_end, state.pivot.data(),
                       &state.pivot_source, &state.pivot_target, state.pivot.data() + state.pivot.size(), 0, last ? 1 : 0, &error);
        out.append(piece.data(), static_cast<std::size_t>(target - piece.data()));
    }
    // A file cut in the middle of a character at its very end is no reason to fail.
    if (U_FAILURE(error) && error != U_TRUNCATED_CHAR_FOUND)
        throw std::runtime_error(std::string("converting a file failed: ") + u_errorName(error));
}

} // namespace tributary
