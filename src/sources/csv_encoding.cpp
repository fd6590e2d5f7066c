#include "sources/csv_encoding.hpp"

#include "sources/field_names.hpp"
#include "sources/utf8.hpp"

#include <unicode/ucnv.h>

#include <algorithm>
#include <array>
#include <stdexcept>

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
    {"macintosh", "macintosh", {"macintosh", "macroman", "mac"}},
    {"shift_jis", "windows-31j", {"shiftjis", "sjis", "cp932"}},
    {"euc-jp", "EUC-JP", {"eucjp", "", ""}},
    {"gb18030", "gb18030", {"gb18030", "gbk", "gb2312"}},
    {"big5", "Big5", {"big5", "", ""}},
    {"euc-kr", "windows-949", {"euckr", "cp949", ""}},
};

CsvEncoding encoding_named(std::string_view folded) { return *parse_encoding(folded); }

// Files people upload by mistake, by their first bytes.
std::unexpected<Refusal> not_text(std::string_view head) {
    std::string message = "The file is not text: it holds NUL bytes.";
    if (head.starts_with("PK\x03\x04"))
        message = "This is an Excel workbook or another zip file. Save the sheet as CSV and upload that.";
    else if (head.starts_with("\xD0\xCF\x11\xE0"))
        message = "This is an old Excel workbook. Save the sheet as CSV and upload that.";
    else if (head.starts_with("%PDF"))
        message = "This is a PDF, not a CSV file.";
    return refuse(Reason::Invalid, "not_text", std::move(message));
}

bool looks_binary(std::string_view head) {
    return head.starts_with("PK\x03\x04") || head.starts_with("\xD0\xCF\x11\xE0") || head.starts_with("%PDF") ||
           head.find('\0') != std::string_view::npos;
}

std::optional<CsvEncoding> marked_encoding(std::string_view head) {
    CsvEncoding marked;
    if (head.starts_with("\xEF\xBB\xBF"))
        marked.bom_bytes = 3;
    else if (head.starts_with("\xFF\xFE"))
        (marked = encoding_named("utf16le")).bom_bytes = 2;
    else if (head.starts_with("\xFE\xFF"))
        (marked = encoding_named("utf16be")).bom_bytes = 2;
    else
        return std::nullopt;
    return marked;
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
    const bool wide = asked && asked->converter.starts_with("UTF-16");
    if (!wide && looks_binary(head)) return not_text(head);
    if (asked) return *asked;
    // A head may end in the middle of a character, which has at most four bytes.
    const std::size_t sound = utf8_prefix(head);
    const bool utf8 = sound == head.size() || (!whole && head.size() - sound < 4);
    return utf8 ? CsvEncoding{} : encoding_named("windows1252");
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
