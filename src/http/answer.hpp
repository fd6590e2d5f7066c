// An answer as bytes. Pure. For the files of this room only; any thread.
#pragma once
#include "http/http.hpp"

#include <cstddef>
#include <ctime>
#include <string>
#include <string_view>

namespace tributary::http {

// What the connection, not the handler, decides about an answer.
struct AnswerFrame {
    std::string_view date; // as http_date gives it
    std::string_view request_id;
    bool close = false;
    bool http_1_0 = false;     // there, keeping the connection must be said
    bool without_body = false; // the request was HEAD
    bool in_pieces = false;    // no length is known: chunked, or until the close for HTTP/1.0; `response.body` is left out
};

// False when a header could split the answer or say something about framing that is not so: a name that is no token, a
// control character in a value, a content type with one.
[[nodiscard]] bool headers_are_safe(const Response& response);

// Appends head and body. Content-Length, Transfer-Encoding, Connection, Date and X-Request-Id of `response.headers` are left
// out: they are the connection's own. Returns the bytes of body appended. Pre: headers_are_safe.
std::size_t append_answer(std::string& out, const Response& response, const AnswerFrame& frame);

// "Sun, 06 Nov 1994 08:49:37 GMT" (IMF-fixdate, RFC 9110 section 5.6.7).
[[nodiscard]] std::string http_date(std::time_t seconds);

} // namespace tributary::http
