// See precedence.hpp.
#include "deal/precedence.hpp"

#include "deal/json.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <vector>

namespace tributary {
namespace {

namespace json = boost::json;

std::unexpected<Refusal> refused(std::string sentence, std::string_view value = {}) {
    return std::unexpected(field_refusal("source_precedence", "invalid_setting", std::move(sentence), value));
}

Result<Source> read_source(const json::value& value) {
    const auto* text = value.if_string();
    const std::string_view key = text == nullptr ? std::string_view() : std::string_view(text->data(), text->size());
    const auto source = parse_source(key);
    if (source && *source != Source::System) return *source;
    return refused("A tier names sources: manual, web_form, csv, email, api, hubspot, salesforce.", key);
}

Result<std::vector<Source>> read_tier(const json::value& value) {
    std::vector<Source> tier;
    if (!value.is_array()) {
        auto source = read_source(value);
        if (!source) return std::unexpected(std::move(source.error()));
        tier.push_back(*source);
        return tier;
    }
    if (value.get_array().empty()) return refused("A tier must name at least one source.");
    if (value.get_array().size() > kSourceCount) return refused("A source is named twice.");
    for (const auto& member : value.get_array()) {
        auto source = read_source(member);
        if (!source) return std::unexpected(std::move(source.error()));
        tier.push_back(*source);
    }
    return tier;
}

} // namespace

Result<Precedence> parse_precedence(const json::value& value) {
    Precedence precedence;
    if (!value.is_array()) return refused("The precedence must be a list of tiers, such as [[\"manual\"],[\"salesforce\",\"hubspot\"]].");
    if (value.get_array().size() > kSourceCount) return refused("There are more tiers than sources.");
    precedence.tiers_ = static_cast<std::uint8_t>(value.get_array().size());
    std::uint8_t rank = precedence.tiers_;
    for (const auto& member : value.get_array()) {
        auto tier = read_tier(member);
        if (!tier) return std::unexpected(std::move(tier.error()));
        for (const Source source : *tier) {
            std::uint8_t& own = precedence.ranks_[static_cast<std::size_t>(source)];
            if (own != 0) return refused("A source is named twice.", source_key(source));
            own = rank;
        }
        --rank;
    }
    return precedence;
}

void append_precedence(std::string& out, const Precedence& precedence) {
    out += '[';
    for (std::uint8_t rank = precedence.tiers(); rank > 0; --rank) {
        out += rank == precedence.tiers() ? "[" : ",[";
        bool first = true;
        for (std::size_t at = 0; at < kSourceCount; ++at) {
            const auto source = static_cast<Source>(at);
            if (precedence.rank(source) != rank) continue;
            if (!first) out += ',';
            first = false;
            append_json_string(out, source_key(source));
        }
        out += ']';
    }
    out += ']';
}

} // namespace tributary
