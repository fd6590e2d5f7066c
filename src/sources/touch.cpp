#include "sources/touch.hpp"

#include "deal/date.hpp"
#include "deal/json.hpp"
#include "sources/field_names.hpp"
#include "sources/form_urlencoded.hpp"
#include "sources/utf8.hpp"

#include <algorithm>
#include <array>

namespace tributary {
namespace {

struct TouchName {
    std::string_view folded;
    std::string_view name;
};

constexpr std::array<TouchName, 22> kNames = {{
    {"utmsource", "utm_source"},
    {"utmmedium", "utm_medium"},
    {"utmcampaign", "utm_campaign"},
    {"utmterm", "utm_term"},
    {"utmcontent", "utm_content"},
    {"utmid", "utm_id"},
    {"gclid", "gclid"},
    {"gbraid", "gbraid"},
    {"wbraid", "wbraid"},
    {"fbclid", "fbclid"},
    {"msclkid", "msclkid"},
    {"lifatid", "li_fat_id"},
    {"ttclid", "ttclid"},
    {"dclid", "dclid"},
    {"twclid", "twclid"},
    {"referrer", "referrer"},
    {"referer", "referrer"},
    {"landingpage", "landing_page"},
    {"landingpageurl", "landing_page"},
    {"page", "page"},
    {"pageurl", "page"},
    {"pageuri", "page"},
}};

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

} // namespace

bool Touch::offer(std::string_view name, std::string_view value) {
    const auto found = std::ranges::find(kNames, folded_name(name), &TouchName::folded);
    if (found == kNames.end()) return false;
    const bool held = std::ranges::find(values_, found->name, &std::pair<std::string_view, std::string>::first) != values_.end();
    if (!held && !is_blank(value)) values_.emplace_back(found->name, utf8_cut(value, kTouchTextBytesMax));
    return true;
}

void Touch::complete(const Arrival& arrival) {
    for (const auto& [name, value] : arrival.query) {
        if (is_utf8(value)) offer(name, value);
    }
    if (arrival.referer.empty() || !is_utf8(arrival.referer)) return;
    const std::string_view before_fragment = arrival.referer.substr(0, arrival.referer.find('#'));
    const std::size_t question = before_fragment.find('?');
    if (question != std::string_view::npos) {
        const auto query = parse_form_urlencoded(before_fragment.substr(question + 1));
        for (const auto& [name, value] : query.value_or(std::vector<std::pair<std::string, std::string>>{})) offer(name, value);
    }
    offer("page", arrival.referer);
}

template <typename Take>
void Touch::each(Take take) const {
    for (const TouchName& known : kNames) {
        const bool synonym = known.folded != folded_name(known.name);
        const auto held = std::ranges::find(values_, known.name, &std::pair<std::string_view, std::string>::first);
        if (!synonym && held != values_.end()) take(held->first, held->second);
    }
}

std::string Touch::json(std::int64_t received_at) const {
    std::string out = "{";
    each([&](std::string_view name, std::string_view value) {
        append_key(out, name);
        append_json_string(out, value);
    });
    append_key(out, "at");
    append_json_string(out, instant_text(received_at));
    out.push_back('}');
    return out;
}

void Touch::add_to(MetadataObject& metadata) const {
    each([&](std::string_view name, std::string_view value) { metadata.add_text(name, value); });
}

} // namespace tributary
