// See paging.hpp.
#include "api/paging.hpp"

#include "api/replies.hpp"
#include "deal/json.hpp"

namespace tributary {
namespace {

constexpr std::uint64_t kLimitDefault = 50; // SPEC-NOTES 6a
constexpr std::uint64_t kLimitMax = 500;

} // namespace

Result<PageAsked> page_asked(const http::Request& request) {
    const auto limit = number_param(request, "limit", kLimitDefault, 1, kLimitMax);
    if (!limit) return std::unexpected(limit.error());
    return PageAsked{.limit = static_cast<std::uint32_t>(*limit), .cursor = std::string(request.param("cursor"))};
}

Result<NumberedPage> numbered_page_asked(const http::Request& request) {
    const auto asked = page_asked(request);
    if (!asked) return std::unexpected(asked.error());
    const auto from = number_param(request, "cursor", 0, 1, INT64_MAX);
    if (!from) return std::unexpected(bad_cursor(asked->cursor));
    return NumberedPage{.limit = asked->limit, .from = *from};
}

Refusal bad_cursor(std::string_view value) {
    return field_refusal("cursor", "invalid_cursor", "This cursor is not one of ours, or belongs to another list or sort order.", value);
}

void append_next_cursor(std::string& out, std::string_view next) {
    append_key(out, "next_cursor");
    if (next.empty())
        out += "null";
    else
        append_json_string(out, next);
    out += '}';
}

} // namespace tributary
