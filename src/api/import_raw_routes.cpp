// GET /api/sales/imports/{id}/raw: what a unit brought, byte for byte; of a single deal's arrival too. It may hold what no deal shows, so
// a viewer does not get it. An answer is made in memory, so a long file is fetched in ranges (RFC 9110, 14).
#include "api/import_feed.hpp"
#include "api/routes.hpp"
#include "sources/media_type.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace tributary {
namespace {

constexpr std::uint64_t kRawAnswerBytesMax = 32 * 1024 * 1024;
constexpr std::uint32_t kPiecesAtOnce = 4; // of at most about 1 MiB
constexpr std::size_t kNameBytesMax = 100;

struct ByteSpan {
    std::uint64_t first = 0, end = 0; // end-1 is the last
};

// "bytes=0-99", "bytes=100-", "bytes=-100"; anything else, several ranges among it, is as if it had not been said. A span of no bytes:
// none of the file's bytes was asked for.
std::optional<ByteSpan> asked_span(std::string_view range, std::uint64_t size) {
    constexpr std::string_view kUnit = "bytes=";
    const std::size_t dash = range.find('-');
    if (!range.starts_with(kUnit) || dash == std::string_view::npos) return std::nullopt;
    const auto number = [](std::string_view text) -> std::optional<std::uint64_t> {
        std::uint64_t value = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
        return text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size() ? std::nullopt : std::optional(value);
    };
    const std::string_view from = range.substr(kUnit.size(), dash - kUnit.size());
    const std::string_view to = range.substr(dash + 1);
    const auto first = number(from);
    const auto last = number(to);
    if (from.empty() && last) return ByteSpan{size - std::min(size, *last), size};
    if (!first || (!last && !to.empty()) || (last && *last < *first)) return std::nullopt;
    return ByteSpan{std::min(*first, size), last && *last < size ? *last + 1 : size};
}

// Printable ASCII without what a header or a file system reads otherwise.
std::string safe_name(const Unit& unit) {
    const std::size_t slash = unit.file_name.find_last_of("/\\");
    std::string name = unit.file_name.substr(slash == std::string::npos ? 0 : slash + 1, kNameBytesMax);
    std::ranges::replace_if(name, [](unsigned char c) { return c < ' ' || c >= 127 || std::string_view("\"\\%;:*?<>|").contains(static_cast<char>(c)); }, '_');
    return name.empty() || name.starts_with('.') ? "raw-" + unit.id.text() : name;
}

std::string read_span(LedgerReader& ledger, const Unit& unit, ByteSpan span) {
    const Id bytes_of = unit.replay_of.is_nil() ? unit.id : unit.replay_of;
    std::string out;
    out.reserve(span.end - span.first);
    std::uint64_t at = 0; // where the piece begins
    for (std::uint32_t ordinal = 0; at < span.end;) {
        const auto pieces = ledger.read_raw(bytes_of, ordinal, kPiecesAtOnce);
        if (pieces.empty()) break;
        ordinal = pieces.back().ordinal + 1;
        for (const RawPiece& piece : pieces) {
            const std::uint64_t from = std::clamp(span.first, at, at + piece.bytes.size()) - at;
            const std::uint64_t to = std::clamp(span.end, at, at + piece.bytes.size()) - at;
            out.append(piece.bytes, from, to - from);
            at += piece.bytes.size();
        }
    }
    return out;
}

// What it was sent as, when that is a type a door takes (api/openapi.yaml names them); anything else is bytes.
std::string given_type(const Unit& unit) {
    constexpr std::array<std::string_view, 12> kTypes = {"application/json", "application/x-ndjson", "application/ndjson", "text/csv", "text/plain",
                                                         "text/tab-separated-values", "text/xml", "application/xml", "application/gzip",
                                                         "application/x-www-form-urlencoded", "multipart/form-data",
                                                         "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"};
    std::string type = stored_type(unit);
    return std::ranges::find(kTypes, media_type(type)) != kTypes.end() ? type : "application/octet-stream";
}

Refusal too_long() {
    return {.reason = Reason::Unprocessable, .code = "raw_too_long",
            .message = "Above 32 MiB the input is given in parts of at most so much: ask with Range: bytes=from-to.", .details = {}};
}

http::Response no_such_range(const Call& call, std::uint64_t size) {
    auto response = call.refuse({.reason = Reason::Invalid, .code = "no_such_range", .message = "The input has no such bytes.", .details = {}});
    response.status = 416;
    response.headers.emplace_back("Content-Range", "bytes */" + std::to_string(size));
    return response;
}

http::Response read_raw(Call& call, LedgerReader& ledger) {
    const auto id = parse_id(call.segments.front());
    const auto unit = id ? ledger.read_unit(*id) : std::nullopt;
    if (!unit || (unit->sha256.empty() && unit->state != UnitState::Running)) return call.refuse(not_found("input")); // an undo has none
    if (unit->sha256.empty()) {
        return call.refuse({.reason = Reason::Conflict, .code = "import_running", .message = "The input is still coming in.", .details = {}});
    }
    const auto span = asked_span(call.request.header("range"), unit->raw_bytes);
    if (span && span->first >= span->end) return no_such_range(call, unit->raw_bytes);
    const ByteSpan given = span.value_or(ByteSpan{0, unit->raw_bytes});
    if (given.end - given.first > kRawAnswerBytesMax) return call.refuse(too_long());
    http::Response response;
    response.status = span ? 206 : 200;
    response.body = read_span(ledger, *unit, given);
    response.content_type = given_type(*unit);
    response.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + safe_name(*unit) + "\"");
    response.headers.emplace_back("Accept-Ranges", "bytes");
    if (span) {
        response.headers.emplace_back("Content-Range", "bytes " + std::to_string(given.first) + "-" + std::to_string(given.end - 1) + "/" +
                                                           std::to_string(unit->raw_bytes));
    }
    return response;
}

} // namespace

std::vector<Route> import_raw_routes() { return {{"GET", "/api/sales/imports/{id}/raw", Right::Write, reading(read_raw)}}; }

} // namespace tributary
