// What a connection's sync keeps over a stop, as JSON. See sync.hpp.
#include "crm/sync.hpp"

#include "deal/json.hpp"

namespace tributary {
namespace {

namespace json = boost::json;

json::object sums_json(const std::map<std::string, std::string>& sums) {
    json::object out;
    for (const auto& [code, amount] : sums) out.emplace(code, amount);
    return out;
}

std::int64_t number_of(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains({key.data(), key.size()});
    return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

std::string text_member(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains({key.data(), key.size()});
    return value != nullptr && value->is_string() ? std::string(value->get_string().data(), value->get_string().size()) : std::string();
}

std::map<std::string, std::string> sums_of(const json::object& object, std::string_view key) {
    std::map<std::string, std::string> sums;
    const auto* value = object.if_contains({key.data(), key.size()});
    if (value == nullptr || !value->is_object()) return sums;
    for (const auto& pair : value->get_object()) sums[std::string(pair.key().data(), pair.key().size())] = scalar_text(pair.value());
    return sums;
}

} // namespace

std::string crm_sync_state_text(const CrmSyncState& state) {
    const CrmBalance& balance = state.balance;
    const json::object out{{"cursor", state.cursor},
                           {"polled_at", state.polled_at},
                           {"account_at", state.account_at},
                           {"since_ms", state.since_ms},
                           {"balance", json::object{{"at", balance.at},
                                                    {"theirs", balance.theirs},
                                                    {"ours", balance.ours},
                                                    {"missing", balance.missing},
                                                    {"surplus", balance.surplus},
                                                    {"differing", balance.differing},
                                                    {"wanted", balance.wanted},
                                                    {"theirs_sum", sums_json(balance.theirs_sum)},
                                                    {"ours_sum", sums_json(balance.ours_sum)}}}};
    std::string text;
    append_json(text, out);
    return text;
}

CrmSyncState parse_crm_sync_state(std::string_view text) {
    CrmSyncState state;
    const auto parsed = parse_json(text);
    if (!parsed || !parsed->is_object()) return state;
    const json::object& object = parsed->get_object();
    state.cursor = text_member(object, "cursor");
    state.polled_at = number_of(object, "polled_at");
    state.account_at = number_of(object, "account_at");
    state.since_ms = number_of(object, "since_ms");
    const auto* balance = object.if_contains("balance");
    if (balance == nullptr || !balance->is_object()) return state;
    const json::object& counts = balance->get_object();
    const auto count = [&counts](std::string_view key) { return static_cast<std::uint64_t>(number_of(counts, key)); };
    state.balance = {.at = number_of(counts, "at"),
                     .theirs = count("theirs"),
                     .ours = count("ours"),
                     .missing = count("missing"),
                     .surplus = count("surplus"),
                     .differing = count("differing"),
                     .theirs_sum = sums_of(counts, "theirs_sum"),
                     .ours_sum = sums_of(counts, "ours_sum"),
                     .wanted = count("wanted")};
    return state;
}

} // namespace tributary
