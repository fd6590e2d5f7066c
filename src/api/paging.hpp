// Lists by pages (SPEC-NOTES 6a): which page a request asks for, and how its answer ends.
#pragma once
#include "deal/result.hpp"
#include "http/http.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace tributary {

struct PageAsked {
    std::uint32_t limit = 50;
    std::string cursor; // where the page before ended, as it said; empty: the first page
};

// Refuses with invalid_parameter: the limit is 1 to 500. The cursor is judged by who made it.
[[nodiscard]] Result<PageAsked> page_asked(const http::Request& request);

// The same where pages are found by number; `from` is 0 on the first one. Refuses with invalid_cursor.
struct NumberedPage {
    std::uint32_t limit = 50;
    std::uint64_t from = 0;
};
[[nodiscard]] Result<NumberedPage> numbered_page_asked(const http::Request& request);

[[nodiscard]] Refusal bad_cursor(std::string_view value = {});

// Ends the answer: ,"next_cursor":"…"|null}
void append_next_cursor(std::string& out, std::string_view next);

} // namespace tributary
