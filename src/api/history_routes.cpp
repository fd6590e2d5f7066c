// GET /api/sales/deals/{id}/history: where every value of a deal came from, newest first. Read from the journal; what the row that
// made the deal leaves out is told from the deal and from what was changed later.
#include "api/deal_answer.hpp"
#include "api/paging.hpp"
#include "api/routes.hpp"
#include "deal/field_json.hpp"
#include "deal/json.hpp"
#include "deal/show.hpp"
#include "pipeline/undo.hpp"

#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <map>

namespace tributary {
namespace {

namespace json = boost::json;

constexpr std::uint32_t kRowsPerRead = 500;
constexpr std::uint32_t kRowsLookedAt = 10'000; // for one page of one field; the next page goes on from there
constexpr std::array<std::string_view, 4> kOtherFields = {"external_ids", "lead_id", "source_metadata", "deleted_at"};
// What the row of a new deal leaves out.
constexpr std::array<std::string_view, 5> kUntoldAtBirth = {"created_at", "stage_entered_at", "closed_at", "external_ids",
                                                            "source_metadata"};

struct History {
    LedgerReader& ledger;
    const Deal& deal;
    std::string_view field; // empty: all
    std::string out;
    std::map<Id, bool> undos; // units met: is it an undo

    bool is_undo(const Id& unit) {
        const auto known = undos.find(unit);
        if (known != undos.end()) return known->second;
        const auto read = ledger.read_unit(unit);
        return undos[unit] = read && read->door == kUndoDoor;
    }
};

const json::object* object_in(const json::object& body, std::string_view key) {
    const auto* value = body.if_contains(key);
    return value == nullptr ? nullptr : value->if_object();
}

bool is_nothing(const json::value& value) {
    return value.is_null() || (value.is_array() && value.get_array().empty()) || (value.is_object() && value.get_object().empty());
}

void append_change(History& history, const JournalEntry& entry, std::string_view field, const json::value* before, const json::value& after,
                   std::string_view rule) {
    std::string& out = history.out;
    if (!out.empty()) out += ',';
    out += "{\"seq\":" + std::to_string(entry.seq) + ",\"at\":\"";
    append_instant(out, entry.at);
    out += '"';
    append_key(out, "field");
    append_json_string(out, field);
    append_key(out, "before");
    if (before == nullptr)
        out += "null";
    else
        append_json(out, *before);
    append_key(out, "after");
    append_json(out, after);
    append_key(out, "source");
    append_json_string(out, source_key(entry.source));
    append_key(out, "ingestion_id");
    append_id(out, entry.unit);
    append_key(out, "row");
    out += entry.unit.is_nil() ? "null" : std::to_string(entry.row);
    append_key(out, "actor");
    append_json_string(out, entry.actor);
    append_key(out, "rule");
    if (rule.empty())
        out += "null";
    else
        append_json_string(out, rule);
    out += '}';
}

// The deal as it is, of the fields the row of its making leaves out.
json::value untold_now(const Deal& deal, std::string_view field) {
    std::string text;
    if (field == "external_ids")
        append_external_ids(text, deal.external_ids);
    else if (field == "source_metadata")
        text = deal.source_metadata.empty() ? "{}" : deal.source_metadata;
    else
        append_field_json(text, deal, *parse_field(field));
    return parse_json(text).value_or(json::value());
}

// As it was made: what the first change of a field says was there before; else what is there.
std::map<std::string_view, json::value> untold_at_birth(History& history, std::uint64_t birth) {
    std::map<std::string_view, json::value> values;
    JournalQuery query{.deal = history.deal.id, .unit = {}, .after = birth, .descending = false, .limit = kRowsPerRead};
    for (std::uint32_t looked = 0; looked < kRowsLookedAt; looked += kRowsPerRead) {
        const auto rows = history.ledger.list_journal(query);
        for (const JournalEntry& row : rows) {
            const auto body = parse_json(row.body);
            const auto* before = body && body->is_object() ? object_in(body->get_object(), "before") : nullptr;
            if (before == nullptr) continue;
            for (const std::string_view field : kUntoldAtBirth) {
                const auto* value = before->if_contains(field);
                if (value != nullptr && !values.contains(field)) values.emplace(field, *value);
            }
        }
        if (rows.size() < kRowsPerRead) break;
        query.after = rows.back().seq;
    }
    for (const std::string_view field : kUntoldAtBirth) {
        if (!values.contains(field)) values.emplace(field, untold_now(history.deal, field));
    }
    return values;
}

// One row of the journal is as many entries of the history as it has fields. False when it has none.
bool append_row(History& history, const JournalEntry& entry) {
    const auto body = parse_json(entry.body);
    const auto* after = body && body->is_object() ? object_in(body->get_object(), "after") : nullptr;
    if (after == nullptr) return false;
    const auto* before = object_in(body->get_object(), "before");
    const auto* rules = object_in(body->get_object(), "rules");
    const bool undo = !entry.unit.is_nil() && entry.source == Source::System && history.is_undo(entry.unit);
    const std::size_t length = history.out.size();
    const auto wanted = [&](std::string_view field) { return history.field.empty() || history.field == field; };
    for (const auto& pair : *after) {
        if (!wanted(pair.key())) continue;
        const auto* rule = rules == nullptr ? nullptr : rules->if_contains(pair.key());
        append_change(history, entry, pair.key(), before == nullptr ? nullptr : before->if_contains(pair.key()), pair.value(),
                      undo                                   ? "undo"
                      : rule != nullptr && rule->is_string() ? std::string_view(rule->get_string())
                                                             : std::string_view());
    }
    if (entry.happening == Happening::Created) {
        for (const auto& [field, value] : untold_at_birth(history, entry.seq)) {
            if (wanted(field) && !after->contains(field) && !is_nothing(value)) append_change(history, entry, field, nullptr, value, {});
        }
    }
    return history.out.size() != length;
}

// Journal rows newest first from the cursor on, until `limit` of them told something. Answers the cursor of the next page.
std::string append_page(History& history, const NumberedPage& page) {
    JournalQuery query{
        .deal = history.deal.id, .unit = {}, .after = page.from, .limit = history.field.empty() ? page.limit + 1 : kRowsPerRead};
    std::uint32_t told = 0;
    for (std::uint32_t looked = 0; looked < kRowsLookedAt;) {
        const auto rows = history.ledger.list_journal(query);
        for (const JournalEntry& row : rows) {
            if (told == page.limit) return std::to_string(query.after);
            told += append_row(history, row) || history.field.empty();
            query.after = row.seq;
            ++looked;
        }
        if (rows.size() < query.limit) return {};
    }
    return std::to_string(query.after);
}

http::Response read_history(Call& call, LedgerReader& ledger) {
    const auto id = parse_id(call.segments.front());
    const auto deal = id ? ledger.read_deals(std::span(&*id, 1)).front() : std::nullopt;
    if (!deal) return call.refuse(not_found("deal"));
    const std::string_view field = call.request.param("field");
    if (!field.empty() && !parse_field(field) && std::ranges::find(kOtherFields, field) == kOtherFields.end()) {
        return call.refuse(field_refusal("field", "invalid_parameter", "A deal has no such field.", field));
    }
    const auto asked = numbered_page_asked(call.request);
    if (!asked) return call.refuse(asked.error());
    History history{.ledger = ledger, .deal = *deal, .field = field, .out = {}, .undos = {}};
    const std::string next = append_page(history, *asked);
    std::string body = R"({"status":"success","deal_id":)";
    append_id(body, deal->id);
    body += ",\"history\":[";
    body += history.out;
    body += ']';
    append_next_cursor(body, next);
    return json_reply(200, std::move(body));
}

} // namespace

std::vector<Route> history_routes() { return {{"GET", "/api/sales/deals/{id}/history", Right::Read, reading(read_history)}}; }

} // namespace tributary
