// How a reader fills a draft.
#include "deal/draft.hpp"

namespace tributary {
namespace {

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos; }

} // namespace

void Draft::offer(Field field, std::string_view text) {
    std::optional<std::string>& held = (*this)[field];
    if (!held || (is_blank(*held) && !is_blank(text))) held = std::string(text);
}

} // namespace tributary
