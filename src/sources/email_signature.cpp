// The signature under a mail; see email_text.hpp. Only what stands below a closing phrase or the "-- " line is believed.
#include "sources/email_text.hpp"
#include "sources/reader_text.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <vector>

namespace tributary {
namespace {

constexpr std::size_t kSearchedLines = 40;  // from the end of the text upwards
constexpr std::size_t kSignatureLines = 14; // longer is a disclaimer
constexpr std::size_t kLineBytesMax = 120;  // longer is prose
constexpr std::size_t kNameBytesMax = 60;
constexpr std::size_t kPhoneDigitsMin = 7;
constexpr std::size_t kPhoneDigitsMax = 15; // E.164

constexpr auto kClosings = std::to_array<std::string_view>({
    "best",
    "best regards",
    "best wishes",
    "kind regards",
    "kindest regards",
    "warm regards",
    "warmest regards",
    "regards",
    "many thanks",
    "thanks",
    "thanks a lot",
    "thank you",
    "thanks and regards",
    "thanks & regards",
    "thanks in advance",
    "cheers",
    "sincerely",
    "yours sincerely",
    "yours faithfully",
    "yours truly",
    "all the best",
    "respectfully",
    "br",
    "mit freundlichen grüßen",
    "mit freundlichen grüssen",
    "mit freundlichem gruß",
    "freundliche grüße",
    "freundliche grüsse",
    "viele grüße",
    "viele grüsse",
    "beste grüße",
    "beste grüsse",
    "liebe grüße",
    "herzliche grüße",
    "schöne grüße",
    "grüße",
    "gruß",
    "mfg",
    "vg",
    "lg",
    "cordialement",
    "bien cordialement",
    "bien à vous",
    "salutations",
    "saludos",
    "un saludo",
    "atentamente",
    "saludos cordiales",
    "cordiali saluti",
    "distinti saluti",
    "met vriendelijke groet",
    "med vänlig hälsning",
    "venlig hilsen",
    "atenciosamente",
});

// Words of a position. A line "CTO, Prospect GmbH" says what the other part is.
constexpr auto kTitleWords = std::to_array<std::string_view>({
    "ceo",
    "cto",
    "cfo",
    "coo",
    "cio",
    "cmo",
    "cro",
    "vp",
    "president",
    "director",
    "head",
    "manager",
    "founder",
    "co-founder",
    "owner",
    "partner",
    "lead",
    "engineer",
    "developer",
    "consultant",
    "buyer",
    "analyst",
    "officer",
    "assistant",
    "specialist",
    "coordinator",
    "architect",
    "procurement",
    "purchasing",
    "geschäftsführer",
    "geschäftsführerin",
    "leiter",
    "leiterin",
    "einkauf",
    "einkäufer",
    "vertrieb",
    "inhaber",
    "inhaberin",
    "prokurist",
    "directeur",
    "directrice",
    "responsable",
    "gérant",
    "gerente",
    "jefe",
    "jefa",
    "direttore",
});

std::string_view without_end_marks(std::string_view text) {
    while (!text.empty() && std::string_view(",.!;:").find(text.back()) != std::string_view::npos) text.remove_suffix(1);
    return trimmed(text);
}

bool is_closing(std::string_view line) {
    const std::string plain = lower_ascii(without_end_marks(trimmed(line)));
    return std::ranges::find(kClosings, plain) != kClosings.end();
}

bool is_dash_line(std::string_view line) { return trimmed(line) == "--"; }

std::vector<std::string_view> lines_with_text(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty() && lines.size() < kSearchedLines) {
        const std::size_t start = text.find_last_of('\n') == std::string_view::npos ? 0 : text.find_last_of('\n') + 1;
        if (const std::string_view line = trimmed(text.substr(start)); !line.empty()) lines.push_back(line);
        text = text.substr(0, start == 0 ? 0 : start - 1);
    }
    std::ranges::reverse(lines);
    return lines;
}

// The lines below the last closing.
std::vector<std::string_view> signature_lines(std::string_view text) {
    const std::vector<std::string_view> lines = lines_with_text(text);
    for (std::size_t at = lines.size(); at-- > 0;) {
        if (!is_closing(lines[at]) && !is_dash_line(lines[at])) continue;
        const auto first = lines.begin() + static_cast<std::ptrdiff_t>(at) + 1;
        std::vector<std::string_view> below(first, lines.end());
        if (below.size() > kSignatureLines) below.resize(kSignatureLines);
        return below;
    }
    return {};
}

bool is_word_of(std::string_view text, std::span<const std::string_view> words) {
    while (!(text = trimmed(text)).empty()) {
        const std::size_t end = std::min(text.find_first_of(" \t,/&"), text.size());
        const std::string word = lower_ascii(without_end_marks(text.substr(0, end)));
        if (std::ranges::find(words, word) != words.end()) return true;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return false;
}

bool looks_like_name(std::string_view line) {
    if (line.size() > kNameBytesMax || ends_with_legal_form(line) || is_word_of(line, kTitleWords)) return false;
    std::size_t words = 0;
    bool starts_word = true;
    for (const char letter : line) {
        if (letter == ' ') {
            starts_word = true;
            continue;
        }
        const bool capital = (letter >= 'A' && letter <= 'Z') || static_cast<unsigned char>(letter) >= 0x80;
        if (starts_word && !capital) return false;
        if (!is_word_byte(letter) && letter != '-' && letter != '.' && letter != '\'') return false;
        if (starts_word) ++words;
        starts_word = false;
    }
    return words >= 1 && words <= 4;
}

// The parts of "CTO, Prospect GmbH", "Buyer | Acme", "CTO at Acme"; "Acme, Inc." stays one.
std::vector<std::string> parts_of(std::string_view line) {
    static constexpr std::string_view kMarks[] = {" | ", " · ", " • ", " – ", " — ", " - ", ", ", " at ", " bei ", " @ ", " chez "};
    std::vector<std::string> parts;
    for (;;) {
        std::size_t cut = line.size();
        std::size_t mark_size = 0;
        for (const std::string_view mark : kMarks) {
            if (const std::size_t found = find_no_case(line, mark); found < cut) cut = found, mark_size = mark.size();
        }
        const std::string_view part = trimmed(line.substr(0, cut));
        if (!parts.empty() && is_legal_form(part))
            parts.back().append(", ").append(part);
        else if (!part.empty())
            parts.emplace_back(part);
        if (mark_size == 0) return parts;
        line.remove_prefix(cut + mark_size);
    }
}

std::string letters_and_digits(std::string_view text) {
    std::string out;
    for (const char letter : lower_ascii(text)) {
        if (is_word_byte(letter) || is_digit(letter)) out += letter;
    }
    return out;
}

std::string company_in_line(std::string_view line, std::string_view domain_label) {
    static constexpr std::string_view kLabels[] = {"Company:", "Firma:", "Organization:", "Organisation:", "Société:", "Empresa:"};
    for (const std::string_view label : kLabels) {
        if (starts_no_case(line, label)) return std::string(trimmed(line.substr(label.size())));
    }
    const std::vector<std::string> parts = parts_of(line);
    const auto by_form = std::ranges::find_if(parts, [](const std::string& part) { return ends_with_legal_form(part); });
    if (by_form != parts.end()) return *by_form;
    const std::string label = letters_and_digits(domain_label);
    const auto by_domain =
        std::ranges::find_if(parts, [&label](const std::string& part) { return !label.empty() && letters_and_digits(part) == label; });
    if (by_domain != parts.end()) return *by_domain;
    if (parts.size() < 2 || !is_word_of(parts[parts.size() - 2], kTitleWords) || is_word_of(parts.back(), kTitleWords)) return {};
    const char first = parts.back().front();
    const bool names = (first >= 'A' && first <= 'Z') || static_cast<unsigned char>(first) >= 0x80;
    return names ? parts.back() : std::string{};
}

// "+49 30 1234567" of "Tel.: +49 30 1234567".
std::string phone_in_line(std::string_view line) {
    static constexpr std::string_view kMarks = " ()./-";
    static constexpr std::string_view kFax[] = {"fax", "ust", "vat", "hrb", "iban", "zip"};
    if (std::ranges::any_of(kFax, [line](std::string_view word) { return starts_no_case(line, word); })) return {};
    for (std::size_t at = 0; at < line.size();) {
        if (!is_digit(line[at]) && line[at] != '+' && line[at] != '(') {
            ++at;
            continue;
        }
        std::size_t end = at + 1;
        std::size_t last_digit = is_digit(line[at]) ? at : 0;
        std::size_t digits = is_digit(line[at]) ? 1 : 0;
        for (; end < line.size() && (is_digit(line[end]) || kMarks.find(line[end]) != std::string_view::npos); ++end) {
            if (is_digit(line[end])) last_digit = end, ++digits;
        }
        const bool glued = (at > 0 && is_word_byte(line[at - 1])) || (end < line.size() && (is_word_byte(line[end]) || line[end] == '@'));
        const bool dated =
            end - at >= 10 && line[at + 4] == '-' && (line.substr(at, 2) == "20" || line.substr(at, 2) == "19"); // 2026-11-22
        if (!glued && !dated && digits >= kPhoneDigitsMin && digits <= kPhoneDigitsMax)
            return std::string(line.substr(at, last_digit + 1 - at));
        at = end;
    }
    return {};
}

} // namespace

Signature read_signature(std::string_view text, std::string_view domain_label) {
    Signature signature;
    const std::vector<std::string_view> lines = signature_lines(text);
    for (std::size_t at = 0; at < lines.size(); ++at) {
        const std::string_view line = lines[at];
        if (line.size() > kLineBytesMax) break;
        if (signature.company.empty()) signature.company = company_in_line(line, domain_label);
        if (at == 0 && looks_like_name(line)) signature.name = line;
        if (signature.phone.empty()) signature.phone = phone_in_line(line);
    }
    if (signature.company == signature.name) signature.name.clear();
    return signature;
}

} // namespace tributary
