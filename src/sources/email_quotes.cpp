// Where a mail's own words end and the quoted ones begin; see email_text.hpp. Mail programs mark quotes in their own ways:
// ">" at the line, "On ... wrote:", "-----Original Message-----", a block of From/Sent/To/Subject lines.
#include "sources/email_text.hpp"
#include "sources/reader_text.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

namespace tributary {
namespace {

constexpr std::size_t kLinesMax = 20'000;       // of one mail; what follows is not searched
constexpr std::size_t kAttributionLinesMax = 3; // "On ... wrote:" is wrapped by many programs
constexpr std::size_t kAttributionBytesMax = 400;
constexpr std::size_t kVerbTailBytes = 80;  // how near to the end the verb must stand
constexpr std::size_t kHeaderLinesMax = 12; // of a quoted or forwarded header block

using Lines = std::span<const std::string_view>;

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (lines.size() < kLinesMax) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        lines.push_back(line);
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return lines;
}

bool says_any(std::string_view text, std::span<const std::string_view> words) {
    return std::ranges::any_of(words, [text](std::string_view word) { return find_no_case(text, word) != std::string_view::npos; });
}

bool starts_any(std::string_view text, std::span<const std::string_view> words) {
    return std::ranges::any_of(words, [text](std::string_view word) { return starts_no_case(text, word); });
}

// The text of a line framed by dashes ("---- Forwarded message ----"), or empty.
std::string_view framed(std::string_view line) {
    if (!line.starts_with("--")) return {};
    const std::size_t first = line.find_first_not_of("- ");
    return first == std::string_view::npos ? std::string_view{} : trimmed(line.substr(first, line.find_last_not_of("- ") - first + 1));
}

bool is_forward_mark(std::string_view line) {
    static constexpr std::string_view kFramed[] = {"Forwarded message",   "Forwarded by",      "Weitergeleitete Nachricht",
                                                   "Message transféré",   "Mensaje reenviado", "Messaggio inoltrato",
                                                   "Doorgestuurd bericht"};
    static constexpr std::string_view kBare[] = {
        "Begin forwarded message:", "Anfang der weitergeleiteten Nachricht:", "Début du message transféré"};
    return starts_any(framed(line), kFramed) || starts_any(line, kBare);
}

bool is_original_mark(std::string_view line) {
    static constexpr std::string_view kFramed[] = {
        "Original Message", "Original Appointment", "Ursprüngliche Nachricht", "Originalnachricht",       "Message d'origine",
        "Mensaje original", "Messaggio originale",  "Oorspronkelijk bericht",  "Ursprungligt meddelande", "Original-Nachricht"};
    return starts_any(framed(line), kFramed);
}

// The value of "From: x" under any of `keys`, also in the bold "*From:* x" of some programs. Null view when it is another line.
std::optional<std::string_view> header_value(std::string_view line, std::span<const std::string_view> keys) {
    line = trimmed(line);
    if (line.starts_with('*')) line.remove_prefix(1);
    for (const std::string_view key : keys) {
        if (!starts_no_case(line, key)) continue;
        std::string_view rest = trimmed(line.substr(key.size()));
        if (!rest.starts_with(':')) continue;
        rest = trimmed(rest.substr(1));
        if (rest.starts_with('*')) rest.remove_prefix(1);
        return trimmed(rest);
    }
    return std::nullopt;
}

constexpr std::string_view kFromKeys[] = {"From", "Von", "De", "Da", "Van", "Från", "Fra", "Od", "От", "差出人", "发件人"};
constexpr std::string_view kOtherKeys[] = {
    "Sent",     "Date",         "To",         "Cc",   "Subject", "Gesendet", "Datum", "An",      "Betreff",   "Envoyé", "À",
    "Objet",    "Enviado",      "Fecha",      "Para", "Asunto",  "Inviato",  "A",     "Oggetto", "Verzonden", "Aan",    "Onderwerp",
    "Reply-To", "Organization", "Отправлено", "Дата", "Кому",    "Тема",     "日時",  "宛先",    "件名"};

// A header line with at least two others right below it, "From" among them.
bool starts_header_block(Lines lines, std::size_t at) {
    std::size_t headers = 0;
    bool says_from = false;
    for (std::size_t next = at; next < lines.size() && next <= at + 4; ++next) {
        const bool from = header_value(lines[next], kFromKeys).has_value();
        if (from || header_value(lines[next], kOtherKeys))
            ++headers;
        else if (next == at)
            return false;
        says_from = says_from || from;
    }
    return says_from && headers >= 3;
}

// "Thu, 26 Jun 2014 14:00 Sam <s@x.com>:" says who wrote without a verb.
bool names_author_and_time(std::string_view line) {
    constexpr std::ptrdiff_t kDigitsMin = 4;
    return line.ends_with(">:") && line.find('@') != std::string_view::npos && std::ranges::count_if(line, is_digit) >= kDigitsMin;
}

// How many lines from `at` on say "On Friday Sam wrote:"; 0 when they say something else.
std::size_t attribution_lines(Lines lines, std::size_t at) {
    static constexpr std::string_view kOpeners[] = {"On ",  "Am ", "Le ",     "El ",   "Il ", "Op ",
                                                    "Den ", "Em ", "W dniu ", "Dnia ", "Pe ", "Dne "};
    static constexpr std::string_view kVerbs[] = {"wrote",   "schrieb", "a écrit",  "escribió",   "ha scritto",
                                                  "schreef", "skrev",   "escreveu", "napisał",    "scris",
                                                  "napsal",  "写道",    "寫道",     "書きました", "написал"};
    const std::string_view first = trimmed(lines[at]);
    const bool opens = starts_any(first, kOpeners) || (!first.empty() && is_digit(first.front()));
    std::string joined;
    for (std::size_t count = 1; count <= kAttributionLinesMax && at + count <= lines.size(); ++count) {
        const std::string_view line = trimmed(lines[at + count - 1]);
        if (line.empty() || line.starts_with('>')) return 0;
        joined.append(joined.empty() ? "" : " ").append(line);
        if (joined.size() > kAttributionBytesMax) return 0;
        if (count == 1 && names_author_and_time(joined)) return count;
        if (!joined.ends_with(':') && !joined.ends_with("：")) continue;
        const bool addressed = count == 1 && joined.find('@') != std::string::npos;
        const std::string_view tail = std::string_view(joined).substr(joined.size() - std::min(joined.size(), kVerbTailBytes));
        const bool dated = std::ranges::any_of(joined, is_digit) || joined.find('@') != std::string::npos;
        if ((opens || addressed) && dated && says_any(tail, kVerbs)) return count;
    }
    return 0;
}

bool is_quoted(std::string_view line) { return trimmed(line).starts_with('>'); }

// Programs that quote without ">" put everything below the attribution; those that quote with it may have an answer below.
bool quotes_to_the_end(Lines lines, std::size_t at) {
    while (at < lines.size() && trimmed(lines[at]).empty()) ++at;
    return at < lines.size() && !is_quoted(lines[at]);
}

void add_line(std::string& out, std::string_view line) { out.append(line).append("\n"); }

bool is_rule_line(std::string_view line) {
    line = trimmed(line);
    return line.size() >= 10 && line.find_first_not_of('_') == std::string_view::npos;
}

std::string own_words(Lines lines);

ForwardedMail read_forwarded(Lines lines) {
    ForwardedMail mail;
    std::size_t at = 0;
    while (at < lines.size() && trimmed(lines[at]).empty()) ++at;
    const std::size_t end = std::min(lines.size(), at + kHeaderLinesMax);
    for (; at < end && !trimmed(lines[at]).empty(); ++at) {
        if (const auto from = header_value(lines[at], kFromKeys); from && mail.sender.address.empty()) {
            if (auto sender = parse_mailbox(*from))
                mail.sender = std::move(*sender);
            else
                mail.sender.name = one_line(*from);
        }
    }
    mail.text = own_words(lines.subspan(at));
    return mail;
}

struct Cut {
    std::size_t line;         // where the sender's own words end for good
    std::size_t forwarded_at; // where a forwarded mail's header block begins; npos when none does
};

Cut find_cut(Lines lines, std::size_t at, bool subject_is_forward) {
    constexpr std::size_t kNone = std::string_view::npos;
    if (is_forward_mark(trimmed(lines[at]))) return {at, at + 1};
    if (is_original_mark(trimmed(lines[at]))) return {at, subject_is_forward ? at + 1 : kNone};
    if (starts_header_block(lines, at)) return {at, subject_is_forward ? at : kNone};
    return {kNone, kNone};
}

MailBody split_lines(Lines lines, bool subject_is_forward) {
    MailBody body;
    for (std::size_t at = 0; at < lines.size(); ++at) {
        if (is_quoted(lines[at]) || is_rule_line(lines[at])) continue;
        const Cut cut = find_cut(lines, at, subject_is_forward);
        if (cut.forwarded_at != std::string_view::npos)
            body.forwarded = read_forwarded(lines.subspan(std::min(cut.forwarded_at, lines.size())));
        if (cut.line != std::string_view::npos) break;
        if (const std::size_t count = attribution_lines(lines, at); count > 0) {
            if (quotes_to_the_end(lines, at + count)) break;
            at += count - 1;
            continue;
        }
        add_line(body.own, lines[at]);
    }
    return body;
}

// Of a forwarded mail: what it quotes in turn is nobody's words here. A second forwarding inside is followed no further.
std::string own_words(Lines lines) {
    std::string own;
    for (std::size_t at = 0; at < lines.size(); ++at) {
        if (is_quoted(lines[at]) || is_rule_line(lines[at])) continue;
        if (find_cut(lines, at, false).line != std::string_view::npos) break;
        if (attribution_lines(lines, at) > 0) break;
        add_line(own, lines[at]);
    }
    return own;
}

} // namespace

MailBody split_mail(std::string_view text, bool subject_is_forward) {
    const std::vector<std::string_view> lines = lines_of(text);
    return split_lines(lines, subject_is_forward);
}

} // namespace tributary
