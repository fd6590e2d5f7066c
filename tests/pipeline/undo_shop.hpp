// A workshop whose arrivals are stored units, and whose undos run as the writer would run them.
#pragma once
#include "deal/field_origin.hpp"
#include "deal/json.hpp"
#include "pipeline/undo.hpp"
#include "pipeline/workshop.hpp"

#include <boost/json/object.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace tributary::testing {

struct UndoShop : Workshop {
    bool outranked = false; // some row of an import was told so
    std::uint64_t along_from = kUndoAlongFrom;

    template <typename Work>
    auto in_turn(const Work& work) {
        const auto batch = store->begin();
        const auto of = ranks.of(scope);
        RankTurn moved(*of);
        std::vector<JournalEntry> told;
        Turn turn{batch->ledger(scope), moved, *of->settings(), clock.now_ms(), told};
        auto answer = work(turn);
        batch->commit();
        return answer;
    }

    Id import(const std::vector<Draft>& drafts, UnitState state = UnitState::Done) {
        return in_turn([&](Turn& turn) {
            Unit unit;
            unit.id = turn.ledger.next_id(IdOf::Unit, turn.now_ms);
            unit.source = drafts.front().source;
            unit.door = "/bulk";
            unit.actor = "key:import";
            unit.many = true;
            unit.state = state;
            std::vector<IncomingRow> rows;
            for (std::size_t at = 0; at < drafts.size(); ++at) {
                rows.push_back({.row = static_cast<std::uint32_t>(at),
                                .line = 0,
                                .candidate = normalise(drafts[at], turn.settings, turn.now_ms),
                                .raw = {}});
            }
            const IngestContext context{.unit = &unit, .now_ms = turn.now_ms, .settings = &turn.settings, .ledger = nullptr};
            const Plan plan = ingest(turn.ledger, turn.ranks, context, rows);
            unit.counts = plan.counts;
            for (const RowResult& row : plan.rows) {
                outranked =
                    outranked || std::ranges::any_of(row.warnings, [](const FieldProblem& warning) { return warning.code == "outranked"; });
            }
            turn.ledger.put_unit(unit);
            return unit.id;
        });
    }

    void person(const Id& deal, Candidate candidate) {
        in_turn([&](Turn& turn) {
            Unit unit;
            unit.source = Source::Manual;
            unit.actor = "key:person";
            candidate.source = Source::Manual;
            candidate.event_time_ms = turn.now_ms;
            return change(turn.ledger, turn.ranks, {.unit = &unit, .now_ms = turn.now_ms, .settings = &turn.settings, .ledger = nullptr},
                          deal, std::move(candidate))
                .has_value();
        });
    }

    void edit(const Id& deal, Field field, std::string value) {
        Draft draft = deal_draft(read(deal).name, "", Source::Manual);
        draft[field] = std::move(value);
        Candidate candidate = normalise(draft, *ranks.of(scope)->settings(), clock.now_ms()).value();
        candidate.given.reset(static_cast<std::size_t>(Field::Name)); // named only to be normalised
        person(deal, std::move(candidate));
    }

    Unit unit(const Id& id) {
        Unit found;
        store->read(scope, [&](LedgerReader& ledger) { found = ledger.read_unit(id).value(); });
        return found;
    }

    Result<Id> begin(const Id& id) {
        return in_turn([&](Turn& turn) -> Result<Id> {
            auto wanted = turn.ledger.read_unit(id).value();
            if (auto may = may_undo(wanted); !may) return std::unexpected(may.error());
            return begin_undo(turn, std::move(wanted), "key:undo", along_from).id;
        });
    }

    // At most so many slices of a begun undo; true when it is done.
    bool go_on(const Id& undo, int slices) {
        std::optional<FreeLeads> leads;
        while (slices-- > 0) {
            const UndoNext next = in_turn([&](Turn& turn) { return undo_slice(turn, undo, leads ? &*leads : nullptr); });
            if (next == UndoNext::Done) return true;
            if (next != UndoNext::FindLeads) continue;
            const auto progress = undo_progress(unit(undo)).value();
            store->read(scope, [&](LedgerReader& ledger) { leads = find_free_leads(ledger, progress); });
        }
        return false;
    }

    Id undo(const Id& id) {
        const Id by = begin(id).value();
        if (!go_on(by, 1'000)) throw std::runtime_error("the undo does not end");
        return by;
    }

    UndoProgress preview(const Id& id) {
        UndoPreview preview;
        preview.progress.undoes = id;
        store->read(scope, [&](LedgerReader& ledger) {
            while (preview.progress.step != UndoStep::Done) {
                (void)preview_undo_slice(ledger, *ranks.of(scope)->settings(), clock.now_ms(), preview);
            }
        });
        return preview.progress;
    }

    UndoCounts counts(const Id& undo) { return undo_progress(unit(undo)).value().counts; }

    std::vector<RowOutcome> outcomes(const Id& unit) {
        std::vector<RowOutcome> rows;
        store->read(
            scope, [&](LedgerReader& ledger) { rows = ledger.list_outcomes({.unit = unit, .action = {}, .from_row = 0, .limit = 5'000}); });
        return rows;
    }

    std::vector<Deal> deals() {
        std::vector<Deal> all;
        store->read(scope, [&](LedgerReader& ledger) {
            DealQuery query;
            query.limit = 500;
            all = ledger.list_deals(query).deals;
        });
        return all;
    }

    std::vector<Lead> leads() {
        std::vector<Lead> all;
        store->read(scope, [&](LedgerReader& ledger) {
            all = ledger.list_leads({.email = {}, .status = {}, .search = {}, .after = {}, .limit = 500}).leads;
        });
        return all;
    }

    // The members of an object by name: their order says nothing.
    static std::string sorted(const std::string& object) {
        if (object.empty() || object == "{}") return {};
        std::map<std::string, std::string> members;
        const auto parsed = parse_json(object).value();
        for (const auto& pair : parsed.get_object()) append_json(members[std::string(pair.key())], pair.value());
        std::string out;
        for (const auto& [key, value] : members) out += key + "=" + value + ";";
        return out;
    }

    // Which source stands for every field, a line a deal, sorted.
    std::vector<std::string> origins() {
        std::vector<std::string> lines;
        for (const Deal& deal : deals()) {
            std::string& line = lines.emplace_back(deal.name);
            for (const Field field : kFields) {
                const auto origin = origin_of(deal, field);
                line += "|" + (origin ? std::string(source_key(*origin)) : "");
            }
        }
        std::ranges::sort(lines);
        return lines;
    }

    // Everything a user sees of the workspace but ids, versions and the time of the last change: one line a deal and a lead, sorted.
    std::vector<std::string> picture() {
        std::vector<std::string> lines;
        std::map<Id, std::string> emails;
        for (const Lead& lead : leads()) {
            emails[lead.id] = lead.email;
            lines.push_back("lead " + lead.email + "|" + lead.first_name + "|" + lead.last_name + "|" + lead.company + "|" + lead.phone +
                            "|" + std::string(lead_status_key(lead.status)) + "|" + std::to_string(lead.ai_score) + "|" +
                            sorted(lead.metadata_json));
        }
        for (const Deal& deal : deals()) {
            std::string line = "deal";
            for (const Field field : kFields) {
                line += "|";
                append_field_json(line, deal, field);
            }
            line += "|" + sorted(deal.source_metadata) + "|" + (deal.lead_id.is_nil() ? "" : emails[deal.lead_id]) + "|" +
                    std::to_string(deal.health_score) + std::string(risk_key(deal.risk)) + std::string(source_key(deal.source));
            for (const auto& [system, id] : deal.external_ids) line += "|" + system + ":" + id;
            lines.push_back(std::move(line));
        }
        const MetricTotals totals = ranks.of(scope)->totals();
        lines.push_back("metrics " + std::to_string(totals.active) + " " + std::to_string(static_cast<long long>(totals.pipeline_value)) +
                        " " + std::to_string(static_cast<long long>(totals.weighted_value)) + " " +
                        std::to_string(static_cast<long long>(totals.won_value)) + " " + std::to_string(totals.health_sum));
        std::ranges::sort(lines);
        return lines;
    }
};

// Every rule holds whether leads go with their deals or after them.
struct Undo : ::testing::TestWithParam<std::uint64_t> {
    UndoShop shop;
    void SetUp() override { shop.along_from = GetParam(); }

    Draft draft(std::string name, std::string value = "100") {
        Draft made = deal_draft(std::move(name), "Acme");
        made[Field::Value] = std::move(value);
        return made;
    }
    Deal only() {
        const auto deals = shop.deals();
        EXPECT_EQ(deals.size(), 1U);
        return deals.empty() ? Deal{} : deals.front();
    }
    void later() { shop.clock.move_ms(1'000); }
};

} // namespace tributary::testing
