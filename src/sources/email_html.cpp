// The readable text of an HTML mail; see email_text.hpp. Tags and entities only: nothing is fetched, run or laid out.
#include "sources/email_text.hpp"
#include "sources/reader_text.hpp"

#include <unicode/utf8.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

namespace tributary {
namespace {

constexpr std::size_t kEntityBytesMax = 12;
constexpr int kQuoteDepthMax = 50;

constexpr std::pair<std::string_view, std::string_view> kEntities[] = {
    {"amp", "&"},   {"lt", "<"},     {"gt", ">"},     {"quot", "\""},       {"apos", "'"},   {"nbsp", "\u00A0"}, {"euro", "€"},
    {"pound", "£"}, {"yen", "¥"},    {"cent", "¢"},   {"auml", "ä"},        {"ouml", "ö"},   {"uuml", "ü"},      {"Auml", "Ä"},
    {"Ouml", "Ö"},  {"Uuml", "Ü"},   {"szlig", "ß"},  {"eacute", "é"},      {"egrave", "è"}, {"ecirc", "ê"},     {"agrave", "à"},
    {"acirc", "â"}, {"aacute", "á"}, {"iacute", "í"}, {"oacute", "ó"},      {"uacute", "ú"}, {"ntilde", "ñ"},    {"ccedil", "ç"},
    {"aring", "å"}, {"oslash", "ø"}, {"ocirc", "ô"},  {"mdash", "—"},       {"ndash", "–"},  {"hellip", "…"},    {"lsquo", "‘"},
    {"rsquo", "’"}, {"ldquo", "“"},  {"rdquo", "”"},  {"laquo", "«"},       {"raquo", "»"},  {"copy", "©"},      {"reg", "®"},
    {"trade", "™"}, {"bull", "•"},   {"middot", "·"}, {"thinsp", "\u2009"}, {"shy", ""},
};

void append_character(std::string& out, std::uint32_t code) {
    if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return;
    std::uint8_t bytes[4];
    std::size_t size = 0;
    U8_APPEND_UNSAFE(bytes, size, code);
    out.append(reinterpret_cast<const char*>(bytes), size);
}

// The character of the entity "&name;" at the front of `text`; its size, or 0 when it is only an ampersand.
std::size_t take_entity(std::string_view text, std::string& out) {
    const std::size_t end = text.substr(0, kEntityBytesMax).find(';');
    if (end == std::string_view::npos || end < 2) return 0;
    std::string_view name = text.substr(1, end - 1);
    if (name.front() == '#') {
        name.remove_prefix(1);
        const bool hexadecimal = !name.empty() && (name.front() == 'x' || name.front() == 'X');
        if (hexadecimal) name.remove_prefix(1);
        std::uint32_t code = 0;
        const auto read = std::from_chars(name.data(), name.data() + name.size(), code, hexadecimal ? 16 : 10);
        if (name.empty() || read.ec != std::errc{} || read.ptr != name.data() + name.size()) return 0;
        append_character(out, code);
        return end + 1;
    }
    const auto* found = std::ranges::find_if(kEntities, [name](const auto& each) { return each.first == name; });
    if (found == std::end(kEntities)) return 0;
    out += found->second;
    return end + 1;
}

class TextWriter {
  public:
    explicit TextWriter(std::string_view html) : rest_(html) {}

    std::string run() {
        while (!rest_.empty()) {
            if (rest_.front() == '<')
                take_tag();
            else
                take_text();
        }
        return std::move(out_);
    }

  private:
    void take_text() {
        std::string text;
        std::size_t size = 1;
        if (rest_.front() == '&') size = take_entity(rest_, text);
        if (text.empty() && size == 0)
            text = "&", size = 1;
        else if (text.empty() && rest_.front() != '&')
            text = rest_.substr(0, size);
        rest_.remove_prefix(size);
        const bool blank = text.size() == 1 && (text[0] == ' ' || text[0] == '\t' || text[0] == '\r' || text[0] == '\n');
        if (!blank) start_line();
        if (!blank)
            out_ += text;
        else if (!out_.empty() && out_.back() != ' ' && out_.back() != '\n')
            out_ += ' ';
    }

    void take_tag() {
        if (rest_.starts_with("<!--")) return skip_past("-->");
        const std::size_t end = tags_over_ ? std::string_view::npos : rest_.find('>');
        tags_over_ = end == std::string_view::npos; // looked for once, or a mail of '<' alone would take quadratic time
        const char next = rest_.size() > 1 ? rest_[1] : ' ';
        if (end == std::string_view::npos || (!is_letter(next) && next != '/' && next != '!' && next != '?')) {
            start_line(); // "5 < 6": no tag at all
            out_ += '<';
            rest_.remove_prefix(1);
            return;
        }
        std::string_view inside = rest_.substr(1, end - 1);
        rest_.remove_prefix(end + 1);
        const bool closes = inside.starts_with('/');
        if (closes) inside.remove_prefix(1);
        obey(lower_ascii(inside.substr(0, inside.find_first_of(" \t\r\n/>"))), closes);
    }

    void obey(const std::string& tag, bool closes) {
        static constexpr std::string_view kUnseen[] = {"script", "style", "head", "title", "template"};
        static constexpr std::string_view kBlocks[] = {"p",  "div", "br", "tr", "li", "ul", "ol",  "table",     "h1",
                                                       "h2", "h3",  "h4", "h5", "h6", "hr", "pre", "blockquote"};
        if (!closes && std::ranges::find(kUnseen, tag) != std::end(kUnseen)) return skip_past("</" + tag);
        if (std::ranges::find(kBlocks, tag) != std::end(kBlocks)) end_line();
        const bool cell = !closes && (tag == "td" || tag == "th");
        if (cell && !out_.empty() && out_.back() != '\n' && out_.back() != ' ') out_ += ' ';
        if (tag != "blockquote") return;
        quote_depth_ = std::clamp(quote_depth_ + (closes ? -1 : 1), 0, kQuoteDepthMax);
    }

    void skip_past(std::string_view mark) {
        const std::size_t end = find_no_case(rest_, mark);
        const std::size_t close = end == std::string_view::npos ? end : rest_.find('>', end);
        rest_.remove_prefix(close == std::string_view::npos ? rest_.size() : close + 1);
    }

    void start_line() {
        const bool fresh = out_.empty() || out_.back() == '\n';
        if (fresh && quote_depth_ > 0) out_ += "> ";
    }

    void end_line() {
        while (!out_.empty() && out_.back() == ' ') out_.pop_back();
        if (!out_.empty() && !out_.ends_with("\n\n")) out_ += '\n';
    }

    std::string_view rest_;
    std::string out_;
    int quote_depth_ = 0;
    bool tags_over_ = false; // no '>' follows any more
};

} // namespace

bool looks_like_html(std::string_view text) {
    static constexpr std::string_view kOpenings[] = {"<!doctype html", "<html", "<head", "<body", "<div", "<p",
                                                     "<table",         "<span", "<meta", "<br"};
    text = trimmed(text);
    const auto opens = [text](std::string_view opening) {
        return starts_no_case(text, opening) && text.size() > opening.size() &&
               std::string_view(" >/\t\r\n").find(text[opening.size()]) != std::string_view::npos;
    };
    return std::ranges::any_of(kOpenings, opens);
}

std::string html_to_text(std::string_view html) { return TextWriter(html).run(); }

} // namespace tributary
