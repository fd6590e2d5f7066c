// See hubspot_whole.hpp.
#include "crm/hubspot_whole.hpp"

#include "deal/json.hpp"

namespace tributary {
namespace {

// The object's text without its closing brace; empty when it is no object.
std::string_view opened(std::string_view object) {
    const std::size_t end = object.find_last_not_of(" \t\r\n");
    return end == std::string_view::npos || object[end] != '}' ? std::string_view() : object.substr(0, end);
}

void append_people(std::string& out, std::string_view key, const HubspotLinked& linked) {
    append_key(out, key);
    out += '[';
    bool any = false;
    for (const outside::HubspotLink& link : linked.links.to) {
        const auto text = linked.texts.find(link.to_id);
        if (text == linked.texts.end()) continue;
        const std::string_view object = opened(text->second);
        if (object.empty()) continue;
        if (any) out += ',';
        any = true;
        out += object;
        append_key(out, "primary");
        out += link.is_primary ? "true}" : "false}";
    }
    out += ']';
}

} // namespace

std::string whole_hubspot_deal(std::string_view deal, std::int64_t read_at, const HubspotLinked& contacts, const HubspotLinked& companies,
                               bool with_people) {
    std::string out(opened(deal));
    append_key(out, "read_at");
    out += std::to_string(read_at);
    if (with_people) {
        append_people(out, "contacts", contacts);
        append_people(out, "companies", companies);
    }
    return out + "}";
}

std::string gone_hubspot_deal(std::string_view id, std::int64_t read_at) {
    std::string out = "{\"id\":";
    append_json_string(out, id);
    append_key(out, "archived");
    out += "true";
    append_key(out, "read_at");
    out += std::to_string(read_at);
    append_key(out, "properties");
    return out + "{}}";
}

CrmCensusRow hubspot_census_row(std::string_view id, std::string_view deal) {
    CrmCensusRow row{.id = std::string(id), .amount = {}, .currency = {}};
    const auto parsed = parse_json(deal);
    if (!parsed || !parsed->is_object()) return row;
    const auto* properties = parsed->get_object().if_contains("properties");
    if (properties == nullptr || !properties->is_object()) return row;
    const auto text_of = [&](const char* key) {
        const auto* value = properties->get_object().if_contains(key);
        return value != nullptr && value->is_string() ? std::string(value->get_string().data(), value->get_string().size()) : std::string();
    };
    row.amount = text_of("amount");
    row.currency = text_of("deal_currency_code");
    return row;
}

} // namespace tributary
