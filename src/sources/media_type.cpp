#include "sources/media_type.hpp"

#include "sources/source.hpp"

#include <algorithm>
#include <array>

namespace tributary {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::string lowered(std::string_view text) {
    std::string out(trimmed(text));
    std::ranges::transform(out, out.begin(), lower);
    return out;
}

// Takes one value off the front of `rest`, quoted or not, up to the next semicolon.
std::string take_value(std::string_view& rest) {
    rest = trimmed(rest);
    if (rest.empty() || rest.front() != '"') {
        const std::size_t end = std::min(rest.find(';'), rest.size());
        std::string value(trimmed(rest.substr(0, end)));
        rest.remove_prefix(end);
        return value;
    }
    std::string value;
    std::size_t at = 1;
    for (; at < rest.size() && rest[at] != '"'; ++at) {
        if (rest[at] == '\\' && at + 1 < rest.size() && rest[at + 1] == '"') ++at;
        value.push_back(rest[at]);
    }
    rest.remove_prefix(std::min(rest.find(';', at), rest.size()));
    return value;
}

} // namespace

std::string media_type(std::string_view header) { return lowered(header.substr(0, header.find(';'))); }

std::optional<std::string> media_parameter(std::string_view header, std::string_view lower_name) {
    std::size_t semicolon = header.find(';');
    if (semicolon == std::string_view::npos) return std::nullopt;
    std::string_view rest = header.substr(semicolon);
    while (!rest.empty()) {
        rest.remove_prefix(1); // the semicolon
        const std::size_t end = std::min(rest.find_first_of("=;"), rest.size());
        const std::string name = lowered(rest.substr(0, end));
        const bool valued = end < rest.size() && rest[end] == '=';
        rest.remove_prefix(valued ? end + 1 : end);
        if (!valued) continue;
        std::string value = take_value(rest);
        if (name == lower_name) return value;
    }
    return std::nullopt;
}

bool is_json_type(std::string_view header) {
    const std::string type = media_type(header);
    return type.empty() || type == "application/json" || (type.starts_with("application/") && type.ends_with("+json"));
}

bool is_ndjson_type(std::string_view header) {
    constexpr std::array<std::string_view, 5> kTypes = {"application/x-ndjson", "application/ndjson", "application/jsonl",
                                                        "application/x-jsonlines", "application/jsonlines"};
    return std::ranges::find(kTypes, media_type(header)) != kTypes.end();
}

Result<void> check_json_type(const Arrival& arrival, bool xml) {
    const std::string type = media_type(arrival.content_type);
    if (is_json_type(arrival.content_type) || (xml && (type == "text/xml" || type == "application/xml" || type == "application/soap+xml"))) return {};
    return refuse(Reason::UnsupportedType, "unsupported_content_type", xml ? "This door takes JSON or an outbound message in XML." : "This door takes JSON.");
}

} // namespace tributary
