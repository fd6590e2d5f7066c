#include "sources/form_urlencoded.hpp"

#include "sources/utf8.hpp"

#include <algorithm>

namespace tributary {
namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string decoded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool escape = text[at] == '%' && at + 2 < text.size() && hex_digit(text[at + 1]) >= 0 && hex_digit(text[at + 2]) >= 0;
        if (escape) {
            out.push_back(static_cast<char>(hex_digit(text[at + 1]) * 16 + hex_digit(text[at + 2])));
            at += 2;
        } else {
            out.push_back(text[at] == '+' ? ' ' : text[at]);
        }
    }
    return out;
}

} // namespace

Result<std::vector<std::pair<std::string, std::string>>> parse_form_urlencoded(std::string_view body) {
    std::vector<std::pair<std::string, std::string>> fields;
    while (!body.empty()) {
        const std::size_t end = std::min(body.find('&'), body.size());
        const std::string_view piece = body.substr(0, end);
        body.remove_prefix(std::min(end + 1, body.size()));
        if (piece.empty()) continue;
        if (fields.size() == kFormFieldsMax) return refuse(Reason::Invalid, "too_many_fields", "A form may have at most 256 fields.");
        const std::size_t equals = std::min(piece.find('='), piece.size());
        std::string name = decoded(piece.substr(0, equals));
        std::string value = equals < piece.size() ? decoded(piece.substr(equals + 1)) : std::string();
        if (!is_utf8(name)) return refuse(Reason::Invalid, "invalid_utf8", "The name of a form field is not UTF-8.");
        if (!is_utf8(value)) return std::unexpected(field_refusal(name, "invalid_utf8", "The value is not UTF-8."));
        if (value.size() > kFormFieldBytesMax)
            return std::unexpected(field_refusal(name, "field_too_long", "The value is longer than 64 KiB.", value));
        fields.emplace_back(std::move(name), std::move(value));
    }
    return fields;
}

} // namespace tributary
