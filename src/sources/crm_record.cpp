// Records of a CRM body and the fields of their drafts; see crm_record.hpp.
#include "sources/crm_record.hpp"

#include "deal/decimal.hpp"
#include "deal/json.hpp"
#include "sources/json_slices.hpp"
#include "sources/reader_text.hpp"
#include "sources/utf8.hpp"

#include <algorithm>

namespace tributary {
namespace {

constexpr std::size_t kWrapperMembersMax = 1'000;
constexpr std::int64_t kProbabilityMax_hundredths = 10'000;

// "deals" of {"deals":[...],"paging":{...}}: the other members still have to be JSON, or the body is not.
Result<std::optional<std::string_view>> wrapped_array(std::string_view body, std::span<const std::string_view> wrappers) {
    const auto members = json_members(body, kWrapperMembersMax);
    if (!members) return std::unexpected(members.error());
    const JsonMember* found = nullptr;
    for (const std::string_view wrapper : wrappers) {
        const auto named = std::ranges::find_if(*members, [wrapper](const JsonMember& member) {
            return member.key.substr(1, member.key.size() - 2) == wrapper && member.value.starts_with('[');
        });
        if (named == members->end()) continue;
        found = &*named;
        break;
    }
    if (found == nullptr) return std::nullopt;
    for (const JsonMember& member : *members) {
        if (&member == found) continue;
        const auto parsed = parse_json(member.value);
        if (!parsed && parsed.error().code == "invalid_json") return std::unexpected(parsed.error());
    }
    return found->value;
}

} // namespace

Result<std::vector<std::string_view>> crm_records(std::string_view body, std::span<const std::string_view> wrappers) {
    const std::string_view text = trimmed(body);
    if (text.empty()) return refuse(Reason::Invalid, "empty_body", "The body is empty; send one record or an array of records as JSON.");
    if (text.front() == '[') return json_elements(text, kCrmRecordsMax);
    if (text.front() != '{') return refuse(Reason::Invalid, "invalid_body", "The body must be a JSON object or an array of objects.");
    const auto wrapped = wrapped_array(text, wrappers);
    if (!wrapped) return std::unexpected(wrapped.error());
    if (*wrapped) return json_elements(**wrapped, kCrmRecordsMax);
    return std::vector<std::string_view>{text};
}

Result<boost::json::object> parse_record(std::string_view text) {
    auto parsed = parse_json(text);
    if (!parsed) return std::unexpected(std::move(parsed.error()));
    if (!parsed->is_object()) return refuse(Reason::Invalid, "not_an_object", "A record must be a JSON object.");
    return std::move(parsed->as_object());
}

ReadRow record_row(std::size_t row, std::string_view text, Result<Draft> draft) {
    ReadRow read{.row = static_cast<std::uint32_t>(row), .draft = std::move(draft)};
    if (!read.draft) read.raw = utf8_shown(text, kRawRowBytesMax); // given back in an answer, which is UTF-8
    return read;
}

const boost::json::value* find_member(const boost::json::object& record, std::string_view key) {
    if (const auto* exact = record.if_contains({key.data(), key.size()})) return exact;
    for (const auto& member : record) {
        if (equal_no_case({member.key().data(), member.key().size()}, key)) return &member.value();
    }
    return nullptr;
}

std::string text_of(const boost::json::value* value) {
    if (value == nullptr || !is_scalar(*value)) return {};
    std::string text = scalar_text(*value);
    return trimmed(text).empty() ? std::string{} : text;
}

std::string member_text(const boost::json::object& record, std::string_view key) { return text_of(find_member(record, key)); }

std::optional<bool> truth_of(std::string_view text) {
    if (equal_no_case(trimmed(text), "true")) return true;
    if (equal_no_case(trimmed(text), "false")) return false;
    return std::nullopt;
}

std::optional<std::int32_t> read_probability(Draft& draft, std::string_view text, int digits) {
    text = trimmed(text);
    if (text.empty()) return std::nullopt;
    const auto hundredths = parse_decimal(text, digits, kProbabilityMax_hundredths);
    if (hundredths) return static_cast<std::int32_t>(*hundredths);
    warn(draft, field_key(Field::Probability), "invalid_probability",
         "The probability lies outside 0 to 100 percent; it was left as it is.", text);
    return std::nullopt;
}

std::string probability_text(std::int32_t hundredths) {
    std::string text = std::to_string(hundredths / 100);
    const int rest = hundredths % 100;
    if (rest == 0) return text;
    text += '.';
    text += static_cast<char>('0' + rest / 10);
    if (rest % 10 != 0) text += static_cast<char>('0' + rest % 10);
    return text;
}

void put_stage(Draft& draft, const StageDecision& decision, std::optional<std::int32_t> probability) {
    draft.offer(Field::Stage, stage_key(decision.stage));
    if (decision.stage == Stage::ClosedWon)
        probability = 10'000;
    else if (decision.stage == Stage::ClosedLost)
        probability = 0;
    else if (!probability)
        probability = decision.probability;
    if (probability) draft.offer(Field::Probability, probability_text(*probability));
}

void add_crm_id(std::vector<ExternalId>& ids, std::string_view crm, const std::string& id, const CrmReading* account) {
    const bool known = account != nullptr && !account->account.empty();
    if (known) ids.push_back({std::string(crm) + ":" + account->account, id});
    if (!known || account->inherits_unbound) ids.push_back({std::string(crm), id});
}

void put_crm_amount(Draft& draft, std::string_view amount, std::string_view currency, bool currency_said, const ReadingRules* rules) {
    const CrmReading* account = rules != nullptr ? rules->crm : nullptr;
    const bool says_none = trimmed(currency).empty() && !trimmed(amount).empty();
    const bool home = says_none && account != nullptr && account->home_currency && (currency_said || !account->several_currencies);
    put_amount(draft, amount, home ? account->home_currency->text() : currency, rules);
}

std::string owner_name(const CrmReading* account, std::string_view id) {
    if (account == nullptr || id.empty()) return {};
    const auto found = account->owners.find(trimmed(id));
    return found == account->owners.end() ? std::string{} : found->second;
}

void keep_stage(boost::json::object& metadata, const StageDecision& decision) {
    if (decision.rule.empty()) return;
    metadata.emplace("stage_rule", boost::json::string_view(decision.rule.data(), decision.rule.size()));
    if (decision.entry != nullptr && !decision.entry->label.empty()) metadata.emplace("stage_label", decision.entry->label);
    if (decision.rule == "unmapped") metadata.emplace("stage_unmapped", true);
    if (decision.not_in_table) metadata.emplace("stage_not_in_table", true);
}

void put_version(Draft& draft, const boost::json::object& record, const CrmReading* account) {
    draft.versioned = draft.event_time_ms.has_value();
    const auto* read_at = record.if_contains("read_at");
    if (read_at != nullptr && read_at->is_int64() && read_at->get_int64() > 0) draft.read_at_ms = read_at->get_int64();
    else if (account != nullptr) draft.read_at_ms = account->read_at_ms;
}

} // namespace tributary
