// Answers in the shapes of SPEC-NOTES 4-6. The only place that knows which HTTP status a Reason has.
#pragma once
#include "deal/result.hpp"
#include "http/http.hpp"

#include <string>
#include <string_view>

namespace tributary {

[[nodiscard]] int status_of(Reason reason);
// {"status":"error","error","source","code","details","request_id"}; `source` is a source's key or "system".
[[nodiscard]] http::Response error_reply(const Refusal& refusal, std::string_view source, std::string_view request_id);
[[nodiscard]] http::Response json_reply(int status, std::string body);
// An integer parameter within [least, most]; `absent` when it is not there.
[[nodiscard]] Result<std::uint64_t> number_param(const http::Request& request, std::string_view name, std::uint64_t absent, std::uint64_t least,
                                                 std::uint64_t most);
[[nodiscard]] Refusal not_found(std::string_view what); // the same bytes for what is absent and what is another tenant's

} // namespace tributary
