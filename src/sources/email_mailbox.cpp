// Addresses and subjects of mails; see email_text.hpp.
#include "sources/email_text.hpp"
#include "sources/reader_text.hpp"

#include <algorithm>
#include <array>

namespace tributary {
namespace {

constexpr std::size_t kAddressBytesMax = 254; // RFC 5321
constexpr std::size_t kLocalBytesMax = 64;
constexpr std::size_t kLabelBytesMax = 63;
constexpr int kPrefixesMax = 32; // "Re: Re: Re: ..." of a long thread

bool is_domain_byte(char letter) { return is_word_byte(letter) || is_digit(letter) || letter == '-'; }

bool is_domain(std::string_view domain) {
    std::size_t labels = 0;
    while (!domain.empty()) {
        const std::size_t dot = std::min(domain.find('.'), domain.size());
        const std::string_view label = domain.substr(0, dot);
        if (label.empty() || label.size() > kLabelBytesMax || label.front() == '-' || label.back() == '-') return false;
        if (!std::ranges::all_of(label, is_domain_byte)) return false;
        ++labels;
        if (dot + 1 == domain.size()) return false; // a dot at the end
        domain.remove_prefix(std::min(dot + 1, domain.size()));
    }
    return labels >= 2;
}

bool is_address(std::string_view text) {
    const std::size_t at = text.find('@');
    if (text.size() > kAddressBytesMax || at == std::string_view::npos || at == 0 || at > kLocalBytesMax) return false;
    const auto is_foreign = [](char letter) {
        return static_cast<unsigned char>(letter) <= ' ' || letter == 0x7F ||
               std::string_view("()<>[]:;,\\\"").find(letter) != std::string_view::npos;
    };
    return std::ranges::none_of(text, is_foreign) && is_domain(text.substr(at + 1));
}

// "Doe, Jane" of "\"Doe, Jane\"".
std::string unquoted(std::string_view name) {
    name = trimmed(name);
    if (name.size() >= 2 && (name.front() == '"' || name.front() == '\'') && name.back() == name.front())
        name = name.substr(1, name.size() - 2);
    std::string out;
    for (std::size_t at = 0; at < name.size(); ++at) {
        if (name[at] == '\\' && at + 1 < name.size()) ++at;
        out += name[at];
    }
    return std::string(trimmed(out));
}

constexpr std::array<std::string_view, 14> kReplyWords = {"re",  "aw",  "sv",  "vs",   "antw", "antwort", "odp",
                                                          "ynt", "rif", "res", "回复", "答复", "返信",    "回覆"};
constexpr std::array<std::string_view, 12> kForwardWords = {"fwd", "fw", "wg",     "tr",   "rv",   "vl",
                                                            "enc", "pd", "doorst", "转发", "轉寄", "転送"};
constexpr std::array<std::string_view, 4> kGatewayTags = {"[external]", "[ext]", "[extern]", "[external email]"};

// "2" of "Re[2]: " and "Re (2): ": its size with the brackets, 0 when there is none.
std::size_t counter_size(std::string_view text) {
    if (text.empty() || (text.front() != '[' && text.front() != '(')) return 0;
    const std::size_t close = text.find(text.front() == '[' ? ']' : ')');
    if (close == std::string_view::npos || close == 1 || !std::ranges::all_of(text.substr(1, close - 1), is_digit)) return 0;
    return close + 1;
}

// Takes one prefix with its colon off the front. Says nothing about an ordinary word before a colon.
template <std::size_t kCount>
bool take_prefix(std::string_view& text, const std::array<std::string_view, kCount>& words) {
    for (const std::string_view word : words) {
        if (!starts_no_case(text, word)) continue;
        std::string_view rest = trimmed(text.substr(word.size()));
        rest = trimmed(rest.substr(counter_size(rest)));
        if (rest.starts_with(':'))
            rest.remove_prefix(1);
        else if (rest.starts_with("："))
            rest.remove_prefix(std::string_view("：").size());
        else
            continue;
        text = trimmed(rest);
        return true;
    }
    return false;
}

bool take_tag(std::string_view& text) {
    for (const std::string_view tag : kGatewayTags) {
        if (!starts_no_case(text, tag)) continue;
        text = trimmed(text.substr(tag.size()));
        return true;
    }
    return false;
}

} // namespace

std::optional<Mailbox> parse_mailbox(std::string_view text) {
    const std::string line = one_line(text);
    std::string_view address = line;
    Mailbox mailbox;
    const std::size_t open = line.rfind('<');
    const std::size_t comment = line.find('(');
    if (open != std::string::npos) {
        const std::size_t close = line.find('>', open);
        if (close == std::string::npos) return std::nullopt;
        mailbox.name = unquoted(std::string_view(line).substr(0, open));
        address = std::string_view(line).substr(open + 1, close - open - 1);
    } else if (comment != std::string::npos && line.ends_with(')')) {
        mailbox.name = unquoted(std::string_view(line).substr(comment + 1, line.size() - comment - 2));
        address = std::string_view(line).substr(0, comment);
    }
    address = trimmed(address);
    constexpr std::string_view kScheme = "mailto:";
    if (starts_no_case(address, kScheme)) address.remove_prefix(kScheme.size());
    if (!is_address(address)) return std::nullopt;
    mailbox.address = lower_ascii(address);
    if (equal_no_case(mailbox.name, mailbox.address)) mailbox.name.clear();
    return mailbox;
}

Subject read_subject(std::string_view subject) {
    const std::string line = one_line(subject);
    std::string_view rest = line;
    Subject read;
    for (int taken = 0; taken < kPrefixesMax; ++taken) {
        if (take_prefix(rest, kReplyWords))
            read.is_reply = true;
        else if (take_prefix(rest, kForwardWords))
            read.is_forward = true;
        else if (!take_tag(rest))
            break;
    }
    read.text = rest;
    return read;
}

} // namespace tributary
