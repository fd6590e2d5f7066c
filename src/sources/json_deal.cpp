#include "sources/json_deal.hpp"

#include "deal/date.hpp"
#include "deal/json.hpp"
#include "sources/field_names.hpp"
#include "sources/media_type.hpp"
#include "sources/metadata_object.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <span>

namespace tributary {
namespace {

using boost::json::kind;
using boost::json::object;
using boost::json::value;

std::string_view view(const boost::json::string& text) { return {text.data(), text.size()}; }

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos; }

// Members of a nested object that are fields of the deal, by folded name.
struct NestedName {
    std::string_view folded;
    Field field;
};
constexpr NestedName kContactNames[] = {{"name", Field::ContactName},        {"fullname", Field::ContactName},
                                        {"email", Field::ContactEmail},      {"phone", Field::ContactPhone},
                                        {"contactname", Field::ContactName}, {"contactemail", Field::ContactEmail}};
constexpr NestedName kCompanyNames[] = {{"name", Field::Company}, {"companyname", Field::Company}};
constexpr NestedName kAmountNames[] = {
    {"value", Field::Value}, {"amount", Field::Value}, {"currency", Field::Currency}, {"currencycode", Field::Currency}};
constexpr NestedName kOwnerNames[] = {{"name", Field::Owner}};

std::span<const NestedName> nested_names(Field field) {
    switch (field) {
    case Field::ContactName: return kContactNames;
    case Field::Company: return kCompanyNames;
    case Field::Value: return kAmountNames;
    case Field::Owner: return kOwnerNames;
    default: return {};
    }
}

constexpr int kNoRank = std::numeric_limits<int>::max();

class JsonDealReader {
  public:
    explicit JsonDealReader(Source source) { draft().source = source; }

    ReadRow read(const value& from) {
        if (!from.is_object()) {
            row_.draft =
                std::unexpected(field_refusal("deal", "wrong_type", "A deal is a JSON object.", is_scalar(from) ? scalar_text(from) : ""));
            return std::move(row_);
        }
        best_rank_.fill(kNoRank);
        find_best_names(from.get_object());
        take_members(from.get_object());
        if (metadata_.too_many()) problem("metadata", "too_many_fields", "A deal may carry at most 256 further fields.", {});
        if (!problems_.empty())
            row_.draft = std::unexpected(refusal());
        else
            draft().metadata = metadata_.take();
        return std::move(row_);
    }

  private:
    Draft& draft() { return *row_.draft; }

    void problem(std::string_view field, std::string_view code, std::string message, std::string_view offending) {
        problems_.push_back(field_refusal(field, code, std::move(message), offending).details.front());
    }

    Refusal refusal() {
        Refusal all{.code = problems_.front().code, .message = problems_.front().message};
        if (problems_.size() > 1) {
            all.message = std::to_string(problems_.size()) + " fields of the deal cannot be taken as they are.";
        }
        all.details = std::move(problems_);
        return all;
    }

    // Of several names for one field the one of the smallest rank that says something is taken, flat before nested.
    void find_best_names(const object& members) {
        for (const auto& member : members) {
            const auto named = json_place(member.key());
            if (!named) continue;
            if (named->place == Place::Wrapper && member.value().is_object() && !inside_) {
                inside_ = true;
                find_best_names(member.value().get_object());
                inside_ = false;
            }
            if (named->place != Place::DealField || !is_scalar(member.value()) || says_nothing(member.value())) continue;
            int& best = best_rank_[static_cast<std::size_t>(named->field)];
            best = std::min(best, named->rank);
        }
    }

    static bool says_nothing(const value& from) { return from.is_null() || (from.is_string() && is_blank(view(from.get_string()))); }

    void take_members(const object& members) {
        for (const auto& member : members) take_member(member.key(), member.value());
    }

    void take_member(std::string_view key, const value& from) {
        const auto named = json_place(key);
        if (!named) return keep(key, from);
        switch (named->place) {
        case Place::DealField: return take_named_field(key, *named, from);
        case Place::ExternalId: return take_external_id("external_id", "api", from);
        case Place::ExternalIds: return take_external_ids(from);
        case Place::Metadata: return take_metadata(key, from);
        case Place::EventTime: return take_event_time(from);
        case Place::TenantId: return take_assertion(row_.tenant_id, "tenant_id", from);
        case Place::WorkspaceId: return take_assertion(row_.workspace_id, "workspace_id", from);
        case Place::Wrapper: break;
        }
        if (!from.is_object() || inside_) return keep(key, from);
        inside_ = true;
        take_members(from.get_object());
        inside_ = false;
    }

    void take_named_field(std::string_view key, const NamedPlace& named, const value& from) {
        if (from.is_null()) return;
        if (from.is_object() && !nested_names(named.field).empty()) return take_nested(key, named.field, from.get_object());
        if (says_nothing(from)) return offer(named.field, from);
        const bool better_elsewhere = named.rank > best_rank_[static_cast<std::size_t>(named.field)];
        const auto& held = draft()[named.field];
        if (better_elsewhere || (held && !is_blank(*held))) return keep(key, from);
        offer(named.field, from);
    }

    void offer(Field field, const value& from) {
        const bool fits = is_scalar(from) && !(from.is_bool() && field != Field::ValueEstimated);
        if (fits) return draft().offer(field, scalar_text(from));
        problem(field_key(field), "wrong_type", "This field takes a text or a number.", from.is_bool() ? scalar_text(from) : "");
    }

    void take_nested(std::string_view key, Field owner, const object& members) {
        object rest;
        std::string first;
        std::string last;
        for (const auto& member : members) {
            const std::string folded = folded_name(member.key());
            const auto names = nested_names(owner);
            const auto found = std::ranges::find(names, folded, &NestedName::folded);
            const bool person = owner == Field::ContactName && member.value().is_string();
            if (person && folded == "firstname")
                first = scalar_text(member.value());
            else if (person && folded == "lastname")
                last = scalar_text(member.value());
            else if (found == names.end() || !offer_nested(found->field, member.value()))
                rest.emplace(member.key(), member.value());
        }
        const std::string full = first.empty() || last.empty() ? first + last : first + " " + last;
        if (!full.empty()) draft().offer(Field::ContactName, full);
        if (!rest.empty()) metadata_.add(key, rest);
    }

    // False: the field is held already, from a name of its own; the nested value is kept as metadata.
    bool offer_nested(Field field, const value& from) {
        if (from.is_null()) return true;
        const auto& held = draft()[field];
        const bool named_flat = best_rank_[static_cast<std::size_t>(field)] != kNoRank;
        if (named_flat || (held && !is_blank(*held))) return false;
        offer(field, from);
        return true;
    }

    void take_external_id(std::string_view field, std::string_view system, const value& from) {
        if (says_nothing(from)) return;
        const bool fits = from.is_string() || from.is_int64() || from.is_uint64();
        const std::string id = fits ? scalar_text(from) : std::string();
        if (id.empty() || id.size() > kExternalIdBytesMax) {
            return problem(field, "invalid_external_id", "An external id is a text of 1 to 200 bytes, or a whole number.", id);
        }
        ExternalId external{std::string(system), id};
        if (std::ranges::find(draft().external_ids, external) == draft().external_ids.end())
            draft().external_ids.push_back(std::move(external));
    }

    void take_external_ids(const value& from) {
        if (from.is_null()) return;
        if (!from.is_array() || from.get_array().size() > kExternalIdsMax) {
            return problem("external_ids", "wrong_type", "external_ids is a list of at most 20 objects {\"system\", \"id\"}.", {});
        }
        for (const auto& each : from.get_array()) {
            const value* system = each.is_object() ? each.get_object().if_contains("system") : nullptr;
            const value* id = each.is_object() ? each.get_object().if_contains("id") : nullptr;
            const bool named = system != nullptr && system->is_string() && is_external_system(view(system->get_string()));
            if (!named || id == nullptr) {
                problem("external_ids", "invalid_external_id", "Each external id names its system (a-z 0-9 : . _ -) and its id.",
                        system != nullptr ? scalar_text(*system) : "");
                continue;
            }
            take_external_id("external_ids", view(system->get_string()), *id);
        }
    }

    void take_metadata(std::string_view key, const value& from) {
        if (from.is_null()) return;
        if (!from.is_object()) return problem(key, "wrong_type", "Metadata is a JSON object.", is_scalar(from) ? scalar_text(from) : "");
        for (const auto& member : from.get_object()) keep(member.key(), member.value());
    }

    // What is not a field of ours; the two ids of the specification's examples are assertions, never data.
    void keep(std::string_view key, const value& from) {
        const auto named = json_place(key);
        if (named && (named->place == Place::TenantId || named->place == Place::WorkspaceId)) return;
        metadata_.add(key, from);
    }

    void take_event_time(const value& from) {
        if (says_nothing(from)) return;
        const auto at =
            is_scalar(from) ? parse_instant(scalar_text(from)) : refuse(Reason::Invalid, "invalid_date", "The event time is not a time.");
        if (!at) return problem("event_time", at.error().code, at.error().message, is_scalar(from) ? scalar_text(from) : "");
        if (!draft().event_time_ms) draft().event_time_ms = *at;
    }

    void take_assertion(std::string& into, std::string_view field, const value& from) {
        if (from.is_null()) return;
        if (!from.is_string()) return problem(field, "wrong_type", "An id is a text.", is_scalar(from) ? scalar_text(from) : "");
        into = view(from.get_string());
    }

    ReadRow row_;
    MetadataObject metadata_;
    std::vector<FieldProblem> problems_;
    std::array<int, kFieldCount> best_rank_{};
    bool inside_ = false; // the wrapper
};

} // namespace

ReadRow read_json_deal(const boost::json::value& from, Source source) { return JsonDealReader(source).read(from); }

Result<ReadAll> read_one_json_deal(const Arrival& arrival, std::string_view body, Source source) {
    if (!is_json_type(arrival.content_type)) {
        return refuse(Reason::UnsupportedType, "unsupported_content_type",
                      "This door takes JSON: send it with Content-Type: application/json.");
    }
    auto parsed = parse_json(body);
    if (!parsed) return std::unexpected(std::move(parsed.error()));
    ReadAll all;
    all.rows.push_back(read_json_deal(*parsed, source));
    if (!all.rows.front().draft) return std::unexpected(std::move(all.rows.front().draft.error()));
    return all;
}

bool is_external_system(std::string_view system) {
    constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789:._-";
    return !system.empty() && system.size() <= kExternalSystemBytesMax && system.find_first_not_of(kAllowed) == std::string_view::npos;
}

} // namespace tributary
