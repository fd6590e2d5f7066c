// The request target: path and query, percent-decoding. See read_target in gate.hpp.
#include "http/fields.hpp"
#include "http/gate.hpp"
#include "http/utf8.hpp"

namespace tributary::http {

namespace {

std::unexpected<HeadRefusal> bad_target(std::string_view message) { return refuse_head(400, "bad_target", message); }

// False when an escape is not `%` and two hexadecimal digits, or stands for NUL.
bool decode_into(std::string& out, std::string_view text, bool plus_is_space) {
    out.clear();
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '+' && plus_is_space) {
            out.push_back(' ');
            continue;
        }
        if (c != '%') {
            out.push_back(c);
            continue;
        }
        if (text.size() - i < 3) return false;
        const int high = hex_value(text[i + 1]);
        const int low = hex_value(text[i + 2]);
        if (high < 0 || low < 0 || (high == 0 && low == 0)) return false;
        out.push_back(static_cast<char>(high * 16 + low));
        i += 2;
    }
    return is_utf8(out);
}

std::expected<void, HeadRefusal> read_query(std::string_view query, Pairs& pairs) {
    while (!query.empty()) {
        const std::size_t end = query.find('&');
        const std::string_view part = query.substr(0, end);
        query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
        if (part.empty()) continue;
        if (pairs.size() == kQueryPairsMax) return bad_target("The query has too many parameters.");
        const std::size_t equals = part.find('=');
        auto& [name, value] = pairs.emplace_back();
        const std::string_view raw_value = equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1);
        if (!decode_into(name, part.substr(0, equals), true) || !decode_into(value, raw_value, true))
            return bad_target("The query is not percent-encoded UTF-8.");
    }
    return {};
}

} // namespace

std::expected<void, HeadRefusal> read_target(std::string_view target, std::string_view host, Request& request) {
    request.target = target;
    if (target == "*" && request.method == "OPTIONS") {
        request.path = target;
        return {};
    }
    if (target.front() != '/') {
        // A server must understand absolute-form (RFC 9112 section 3.2.2); it is clear only when both names are one.
        const std::size_t authority = target.find("://");
        const bool known = authority != std::string_view::npos && (same_ignoring_case(target.substr(0, authority), "http") ||
                                                                   same_ignoring_case(target.substr(0, authority), "https"));
        if (!known) return bad_target("The request target must be a path.");
        target.remove_prefix(authority + 3);
        if (!same_ignoring_case(target.substr(0, target.find_first_of("/?")), host))
            return bad_target("The request target names another host than the Host header.");
        target.remove_prefix(host.size());
    }
    const std::size_t mark = target.find('?');
    const std::string_view path = target.substr(0, mark);
    if (path.empty())
        request.path = "/";
    else if (!decode_into(request.path, path, false))
        return bad_target("The path is not percent-encoded UTF-8.");
    if (mark == std::string_view::npos) return {};
    return read_query(target.substr(mark + 1), request.query);
}

} // namespace tributary::http
