// Answers as bytes: see answer.hpp.
#include "http/answer.hpp"

#include "http/fields.hpp"

#include <array>
#include <charconv>

namespace tributary::http {

namespace {

// Reason phrases of RFC 9110 section 15; an unknown status gets none, which is allowed.
std::string_view phrase(int status) {
    switch (status) {
    case 101: return "Switching Protocols";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 426: return "Upgrade Required";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "";
    }
}

void append_number(std::string& out, std::size_t number) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
}

bool is_ours(std::string_view name) {
    constexpr std::array<std::string_view, 5> kOurs{"content-length", "transfer-encoding", "connection", "date", "x-request-id"};
    for (const std::string_view ours : kOurs)
        if (same_ignoring_case(name, ours)) return true;
    return false;
}

void append_status_line(std::string& out, int status) {
    if (status == 200) {
        out.append("HTTP/1.1 200 OK\r\n");
        return;
    }
    out.append("HTTP/1.1 ");
    append_number(out, static_cast<std::size_t>(status));
    out.append(" ").append(phrase(status)).append("\r\n");
}

void append_connection(std::string& out, int status, const AnswerFrame& frame) {
    // 426 names the protocol in Upgrade, which must then be listed here too (RFC 9110 section 7.8).
    if (status == 426)
        out.append("Connection: close, Upgrade\r\n");
    else if (frame.close)
        out.append("Connection: close\r\n");
    else if (frame.http_1_0)
        out.append("Connection: keep-alive\r\n");
}

} // namespace

bool headers_are_safe(const Response& response) {
    if (response.status < 100 || response.status > 599 || !is_field_value(response.content_type)) return false;
    for (const auto& [name, value] : response.headers)
        if (!is_token(name) || !is_field_value(value)) return false;
    return true;
}

std::size_t append_answer(std::string& out, const Response& response, const AnswerFrame& frame) {
    constexpr std::size_t kHeadBytesUsual = 320;
    const bool bodiless = response.status < 200 || response.status == 204 || response.status == 304;
    const std::size_t body_bytes = bodiless || frame.without_body || frame.in_pieces ? 0 : response.body.size();
    // Growing by exactly what is needed would copy everything again for each pipelined answer.
    if (const std::size_t needed = out.size() + kHeadBytesUsual + body_bytes; needed > out.capacity()) out.reserve(needed + needed / 2);

    append_status_line(out, response.status);
    append_header(out, "Date", frame.date);
    append_header(out, "X-Request-Id", frame.request_id);
    out.append("X-Content-Type-Options: nosniff\r\n");
    bool has_cache_control = false;
    for (const auto& [name, value] : response.headers) {
        if (is_ours(name)) continue;
        has_cache_control = has_cache_control || same_ignoring_case(name, "cache-control");
        append_header(out, name, value);
    }
    if (!has_cache_control) out.append("Cache-Control: no-store\r\n");
    if (!bodiless) {
        if (!response.content_type.empty()) append_header(out, "Content-Type", response.content_type);
        if (!frame.in_pieces) {
            out.append("Content-Length: ");
            append_number(out, response.body.size());
            out.append("\r\n");
        } else if (!frame.http_1_0) {
            out.append("Transfer-Encoding: chunked\r\n");
        }
    }
    append_connection(out, response.status, frame);
    out.append("\r\n");
    if (body_bytes > 0) out.append(response.body);
    return body_bytes;
}

std::string http_date(std::time_t seconds) {
    constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    const auto two = [](int number) { return std::string{static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)}; };
    std::string text(kDays[static_cast<std::size_t>(parts.tm_wday)]);
    text.append(", ").append(two(parts.tm_mday)).append(" ").append(kMonths[static_cast<std::size_t>(parts.tm_mon)]).append(" ");
    text.append(std::to_string(parts.tm_year + 1900)).append(" ").append(two(parts.tm_hour)).append(":");
    text.append(two(parts.tm_min)).append(":").append(two(parts.tm_sec)).append(" GMT");
    return text;
}

} // namespace tributary::http
