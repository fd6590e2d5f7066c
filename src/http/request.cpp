// Looking things up in a request.
#include "http/http.hpp"

namespace tributary::http {

namespace {

std::string_view find_first(const Pairs& pairs, std::string_view name) {
    for (const auto& [key, value] : pairs)
        if (key == name) return value;
    return {};
}

} // namespace

std::string_view Request::header(std::string_view lower_name) const { return find_first(headers, lower_name); }
std::string_view Request::param(std::string_view name) const { return find_first(query, name); }

} // namespace tributary::http
