// Judges an XML text before it is parsed; see soap_gate.hpp.
#include "sources/soap_gate.hpp"

#include "sources/reader_text.hpp"
#include "sources/salesforce_soap.hpp"
#include "sources/utf8.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace tributary {
namespace {

constexpr std::size_t kDeclarationBytesMax = 200;

std::unexpected<Refusal> invalid_xml(std::string_view what) {
    return refuse(Reason::Invalid, "invalid_xml", "The message is not well-formed XML: " + std::string(what) + ".");
}

// A declared encoding must be the one the bytes are read in, or a second reader would see another document.
bool declares_utf8(std::string_view text) {
    if (!text.starts_with("<?xml")) return true;
    const std::string_view declaration = text.substr(0, std::min(text.find("?>"), kDeclarationBytesMax));
    const std::size_t at = declaration.find("encoding");
    if (at == std::string_view::npos) return true;
    const std::size_t open = declaration.find_first_of("\"'", at);
    if (open == std::string_view::npos) return false;
    const std::string_view name = declaration.substr(open + 1, declaration.find(declaration[open], open + 1) - open - 1);
    return equal_no_case(name, "utf-8") || equal_no_case(name, "us-ascii");
}

bool declares_type_or_entity(std::string_view text) {
    for (std::size_t at = text.find("<!"); at != std::string_view::npos; at = text.find("<!", at + 2)) {
        const std::string_view rest = text.substr(at);
        if (starts_no_case(rest, "<!DOCTYPE") || starts_no_case(rest, "<!ENTITY")) return true;
    }
    return false;
}

Result<void> check_nesting(std::string_view text) {
    std::size_t depth = 0;
    std::size_t elements = 0;
    for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at)) {
        const std::size_t after = after_opaque_markup(text, at);
        if (after == std::string_view::npos) return invalid_xml("a section never ends");
        if (after != at) {
            at = after;
            continue;
        }
        const std::size_t end = xml_tag_end(text, at);
        if (end == std::string_view::npos) return invalid_xml("a tag never ends");
        if (text[at + 1] == '/') {
            if (depth == 0) return invalid_xml("an element is closed twice");
            --depth;
        } else {
            if (++elements > kSoapElementsMax) return refuse(Reason::TooLarge, "too_many_elements", "The message holds too many elements.");
            if (depth + 1 > kSoapDepthMax) return refuse(Reason::Invalid, "too_deep", "The message is nested deeper than 64 elements.");
            if (text[end - 1] != '/') ++depth;
        }
        at = end + 1;
    }
    if (depth != 0) return invalid_xml("an element is never closed");
    return {};
}

} // namespace

Result<void> check_soap_text(std::string_view text) {
    // UTF-16 and UTF-32 would hide a DOCTYPE from the search below; all of them fail one of these two.
    if (!is_utf8(text) || text.find('\0') != std::string_view::npos || !declares_utf8(text)) {
        return refuse(Reason::Invalid, "unsupported_encoding", "The message must be UTF-8.");
    }
    if (declares_type_or_entity(text)) {
        return refuse(Reason::Invalid, "doctype_refused", "A document type or entity declaration is not allowed.");
    }
    return check_nesting(text);
}

std::size_t xml_tag_end(std::string_view text, std::size_t at) {
    for (; at < text.size(); ++at) {
        at = text.find_first_of("\"'>", at);
        if (at == std::string_view::npos || text[at] == '>') return at;
        at = text.find(text[at], at + 1);
        if (at == std::string_view::npos) return at;
    }
    return std::string_view::npos;
}

std::size_t after_opaque_markup(std::string_view text, std::size_t at) {
    static constexpr std::pair<std::string_view, std::string_view> kOpaque[] = {{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}};
    for (const auto& [open, close] : kOpaque) {
        if (text.substr(at, open.size()) != open) continue;
        const std::size_t end = text.find(close, at + open.size());
        return end == std::string_view::npos ? end : end + close.size();
    }
    return at;
}

} // namespace tributary
