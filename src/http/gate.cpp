// The strict HTTP gate: see gate.hpp.
#include "http/gate.hpp"

#include "http/fields.hpp"

#include <array>
#include <cstring>

namespace tributary::http {

namespace {

constexpr std::size_t kMethodBytesMax = 24;
constexpr std::size_t kLengthDigitsMax = 18; // below 2^63

// Headers that mean something only once: which of two would count is exactly what an attacker and a proxy disagree on.
enum class Once : std::uint8_t {
    Host,
    ContentLength,
    TransferEncoding,
    Expect,
    Upgrade,
    ContentType,
    Authorization,
    IdempotencyKey,
    Origin,
    WebSocketKey,
    WebSocketVersion,
    RequestId,
    Count
};
struct OnceName {
    std::string_view name;
    Once id;
};
constexpr std::array<OnceName, static_cast<std::size_t>(Once::Count)> kOnce{{
    {"host", Once::Host},
    {"content-length", Once::ContentLength},
    {"transfer-encoding", Once::TransferEncoding},
    {"expect", Once::Expect},
    {"upgrade", Once::Upgrade},
    {"content-type", Once::ContentType},
    {"authorization", Once::Authorization},
    {"idempotency-key", Once::IdempotencyKey},
    {"origin", Once::Origin},
    {"sec-websocket-key", Once::WebSocketKey},
    {"sec-websocket-version", Once::WebSocketVersion},
    {"x-request-id", Once::RequestId},
}};

// The values the gate itself acts on; data() is null when the header is absent.
struct Found {
    std::array<std::string_view, static_cast<std::size_t>(Once::Count)> once;
    bool close = false;
    bool keep_alive = false;
    bool upgrade = false;

    [[nodiscard]] std::string_view operator[](Once id) const { return once[static_cast<std::size_t>(id)]; }
    [[nodiscard]] bool has(Once id) const { return once[static_cast<std::size_t>(id)].data() != nullptr; }
};

using Checked = std::expected<void, HeadRefusal>;

Checked bad(std::string_view code, std::string_view message) { return refuse_head(400, code, message); }

// METHOD SP target SP HTTP/1.x; `line` is without its CRLF.
Checked read_request_line(std::string_view line, Head& head, std::string_view& target) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return bad("bad_request_line", "The request line is not HTTP/1.1.");
    const std::string_view method = line.substr(0, first);
    const std::string_view version = line.substr(last + 1);
    target = line.substr(first + 1, last - first - 1);

    if (method.empty() || method.size() > kMethodBytesMax) return bad("bad_method", "The method is not valid.");
    for (const char c : method)
        if (!((c >= 'A' && c <= 'Z') || c == '-')) return bad("bad_method", "The method is not valid.");
    if (target.empty()) return bad("bad_target", "The request target is empty.");
    for (const char c : target)
        if (!is_target_byte(c)) return bad("bad_target", "The request target has a character that must be percent-encoded.");

    if (version == "HTTP/1.0")
        head.http_1_0 = true;
    else if (version != "HTTP/1.1") {
        const bool shaped =
            version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) && version[6] == '.' && is_digit(version[7]);
        if (shaped) return refuse_head(505, "http_version_not_supported", "Only HTTP/1.1 is spoken here.");
        return bad("bad_request_line", "The request line is not HTTP/1.1.");
    }
    if (method == "CONNECT") return refuse_head(501, "method_not_implemented", "CONNECT is not offered here.");
    head.request.method = method;
    return {};
}

Checked note_field(std::string_view name, std::string_view value, Found& found) {
    if (name == "connection") {
        found.close = found.close || list_names(value, "close");
        found.keep_alive = found.keep_alive || list_names(value, "keep-alive");
        found.upgrade = found.upgrade || list_names(value, "upgrade");
        return {};
    }
    for (const OnceName& entry : kOnce) {
        if (entry.name != name) continue;
        if (found.has(entry.id)) return bad("header_repeated", "A header that may stand only once is repeated.");
        found.once[static_cast<std::size_t>(entry.id)] = value;
        return {};
    }
    return {};
}

// One field line without its CRLF, lower-cased into `headers`.
Checked read_field(std::string_view line, Pairs& headers, Found& found) {
    if (line.front() == ' ' || line.front() == '\t') return bad("header_folded", "A header continues on a second line.");
    const std::size_t colon = line.find(':');
    const std::string_view raw_name = line.substr(0, colon);
    if (colon == std::string_view::npos || !is_token(raw_name)) return bad("bad_header_name", "A header name is not valid.");
    const std::string_view value = trim_blanks(line.substr(colon + 1));
    if (!is_field_value(value)) return bad("bad_header_value", "A header value has a control character.");
    auto& [name, kept] = headers.emplace_back();
    // Not resize_and_overwrite: libstdc++ 12 hands its function a size larger than asked for.
    name.resize(raw_name.size());
    for (std::size_t i = 0; i < name.size(); ++i) name[i] = to_lower(raw_name[i]);
    kept = value;
    return note_field(name, value, found);
}

// host [":" port]: a name, an IPv4 address, or an IPv6 address in brackets.
bool is_host(std::string_view host) {
    std::size_t end = 0;
    if (host.starts_with('[')) {
        end = host.find(']');
        if (end == std::string_view::npos || end < 3) return false;
        for (const char c : host.substr(1, end - 1))
            if (hex_value(c) < 0 && c != ':' && c != '.') return false;
        ++end;
    } else {
        while (end < host.size() && host[end] != ':') {
            const char c = host[end];
            if (hex_value(c) < 0 && !(to_lower(c) >= 'g' && to_lower(c) <= 'z') && c != '.' && c != '-' && c != '_') return false;
            ++end;
        }
        if (end == 0) return false;
    }
    if (end == host.size()) return true;
    const std::string_view port = host.substr(end + 1);
    if (host[end] != ':' || port.empty() || port.size() > 5) return false;
    unsigned number = 0;
    for (const char c : port) {
        if (!is_digit(c)) return false;
        number = number * 10 + static_cast<unsigned>(c - '0');
    }
    return number <= 65'535;
}

Checked read_length(std::string_view text, Head& head) {
    if (text.empty() || text.size() > kLengthDigitsMax) return bad("bad_content_length", "Content-Length is not a number.");
    std::uint64_t length = 0;
    for (const char c : text) {
        if (!is_digit(c)) return bad("bad_content_length", "Content-Length is not a number.");
        length = length * 10 + static_cast<std::uint64_t>(c - '0');
    }
    head.request.content_length = length;
    head.length = length;
    head.framing = length == 0 ? Framing::None : Framing::Length;
    return {};
}

Checked read_framing(const Found& found, Head& head) {
    const bool has_coding = found.has(Once::TransferEncoding);
    if (has_coding) {
        if (found.has(Once::ContentLength)) return bad("two_lengths", "Content-Length and Transfer-Encoding exclude each other.");
        if (head.http_1_0) return bad("transfer_encoding_in_1_0", "HTTP/1.0 has no Transfer-Encoding.");
        if (found[Once::TransferEncoding] != "chunked")
            return refuse_head(501, "transfer_encoding_not_implemented", "The only transfer encoding spoken here is chunked.");
        head.framing = Framing::Chunked;
    } else if (found.has(Once::ContentLength)) {
        if (auto length = read_length(found[Once::ContentLength], head); !length) return length;
    }
    const std::string& method = head.request.method;
    if (head.framing != Framing::None && (method == "GET" || method == "HEAD" || method == "DELETE" || method == "TRACE"))
        return bad("body_not_allowed", "A " + method + " request has no body.");
    return {};
}

Checked read_options(const Found& found, Head& head) {
    head.keep_alive = !found.close && (!head.http_1_0 || found.keep_alive);
    if (found.has(Once::Expect) && !head.http_1_0) {
        if (!same_ignoring_case(found[Once::Expect], "100-continue"))
            return refuse_head(417, "expectation_failed", "The only expectation met here is 100-continue.");
        head.expect_continue = head.framing != Framing::None;
    }
    head.websocket = found.upgrade && !head.http_1_0 && head.request.method == "GET" && list_names(found[Once::Upgrade], "websocket");
    return {};
}

} // namespace

std::unexpected<HeadRefusal> refuse_head(int status, std::string_view code, std::string_view message) {
    Reason reason = Reason::Invalid;
    if (status == 501 || status == 505) reason = Reason::NotImplemented;
    if (status == 414 || status == 431) reason = Reason::TooLarge;
    return std::unexpected(HeadRefusal{
        .status = status,
        .refusal = {.reason = reason, .code = std::string(code), .message = std::string(message), .details = {}, .retry_after_s = 0}});
}

std::expected<std::optional<HeadSpan>, HeadRefusal> find_head(std::string_view bytes, std::size_t& searched, const Limits& limits) {
    const std::size_t begin = bytes.starts_with("\r\n") ? 2 : 0;
    if (bytes.size() == begin || bytes == "\r") return std::nullopt;
    if (!is_token_byte(bytes[begin])) return refuse_head(400, "bad_request_line", "The request does not begin with a method.");
    if (searched < begin) searched = begin;
    const std::size_t end_max = begin + limits.head_bytes_max;
    while (searched < bytes.size()) {
        const void* hit = std::memchr(bytes.data() + searched, '\n', bytes.size() - searched);
        if (hit == nullptr) {
            searched = bytes.size();
            break;
        }
        const auto at = static_cast<std::size_t>(static_cast<const char*>(hit) - bytes.data());
        if (at >= end_max) break;
        if (bytes[at - 1] != '\r') return refuse_head(400, "bare_line_feed", "A line must end with CR LF.");
        searched = at + 1;
        if (bytes[at - 2] == '\n') return HeadSpan{.begin = begin, .size = at + 1 - begin};
    }
    if (bytes.size() <= end_max) return std::nullopt;
    if (bytes.substr(begin, limits.head_bytes_max).find('\n') == std::string_view::npos)
        return refuse_head(414, "target_too_long", "The request target is too long.");
    return refuse_head(431, "head_too_large", "The headers are too large.");
}

std::expected<Head, HeadRefusal> read_head(std::string_view raw, const Limits& limits) {
    std::expected<Head, HeadRefusal> result;
    Head& head = *result;
    Found found;
    std::string_view target;
    constexpr std::size_t kUsualHeaders = 8;
    head.request.headers.reserve(kUsualHeaders);
    for (bool first = true; raw != "\r\n"; first = false) {
        const std::size_t end = raw.find('\r');
        if (end == std::string_view::npos || end + 1 >= raw.size() || raw[end + 1] != '\n')
            return refuse_head(400, "bare_carriage_return", "A line must end with CR LF.");
        const std::string_view line = raw.substr(0, end);
        raw.remove_prefix(end + 2);
        if (line.empty()) return refuse_head(400, "bad_request_line", "The head has an empty line inside.");
        if (!first && head.request.headers.size() == limits.headers_max)
            return refuse_head(431, "too_many_headers", "There are too many headers.");
        Checked ok = first ? read_request_line(line, head, target) : read_field(line, head.request.headers, found);
        if (!ok) return std::unexpected(std::move(ok.error()));
    }
    if (target.empty()) return refuse_head(400, "bad_request_line", "The request line is missing.");
    if (!found.has(Once::Host)) return refuse_head(400, "host_missing", "A request names its host once.");
    if (!is_host(found[Once::Host])) return refuse_head(400, "bad_host", "The Host header is not a host.");
    if (auto ok = read_target(target, found[Once::Host], head.request); !ok) return std::unexpected(std::move(ok.error()));
    if (auto ok = read_framing(found, head); !ok) return std::unexpected(std::move(ok.error()));
    if (auto ok = read_options(found, head); !ok) return std::unexpected(std::move(ok.error()));
    return result;
}

} // namespace tributary::http
