// The strict HTTP gate: raw head bytes in, a request or a refusal out. Everything that two servers could read in two ways
// is refused, and the connection closed (RELIABILITY T62, rule 34). Pure: no sockets, no clock. For the files of this room
// and its tests; any thread.
#pragma once
#include "http/http.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

namespace tributary::http {

inline constexpr std::size_t kQueryPairsMax = 128;

enum class Framing { None, Length, Chunked };

// A head that passed. `request` has everything but body, peer and request_id.
struct Head {
    Request request;
    Framing framing = Framing::None;
    std::uint64_t length = 0; // body bytes when framing is Length (never 0 then)
    bool keep_alive = true;   // what the client asked for
    bool http_1_0 = false;
    bool expect_continue = false; // and there is a body to wait for
    bool websocket = false;       // a GET that asks to become a WebSocket; key and version are not yet checked
};

// `status` wins over the status that belongs to the refusal's reason: 400, 414, 417, 431, 501 or 505.
struct HeadRefusal {
    int status = 400;
    Refusal refusal;
};

// Where a head lies in what was received: an empty line before it (RFC 9112 section 2.2) is left out.
struct HeadSpan {
    std::size_t begin = 0;
    std::size_t size = 0;
};

// Looks for the end of the head. Nothing: more bytes are needed. `searched` remembers how far earlier calls looked;
// start with 0 for each head. Refuses as soon as a bare LF, a first byte that begins no method, or the size forbids a head.
[[nodiscard]] std::expected<std::optional<HeadSpan>, HeadRefusal> find_head(std::string_view bytes, std::size_t& searched,
                                                                            const Limits& limits);

// `raw` is one whole head, its closing CRLF CRLF included.
[[nodiscard]] std::expected<Head, HeadRefusal> read_head(std::string_view raw, const Limits& limits);

// Splits and decodes a request target into path and query (origin-form, `*` for OPTIONS, absolute-form when its authority
// is `host`). Percent-encoding must be right and give UTF-8 without NUL; `+` is a space in the query only.
[[nodiscard]] std::expected<void, HeadRefusal> read_target(std::string_view target, std::string_view host, Request& request);

[[nodiscard]] std::unexpected<HeadRefusal> refuse_head(int status, std::string_view code, std::string_view message);

} // namespace tributary::http
