// POST /api/sales/imports/{id}/replay: the bytes of an import, as they were stored, through other options or a newer reader. It is a plan
// unless asked otherwise, so that what would be different is seen first.
#include "api/import_cells.hpp"
#include "api/import_claim.hpp"
#include "api/replies.hpp"
#include "api/routes.hpp"
#include "deal/json.hpp"
#include "sources/csv_fixes.hpp"
#include "sources/csv_options.hpp"
#include "sources/mapping_choice.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <iterator>
#include <optional>

namespace tributary {
namespace {

constexpr std::size_t kBodyBytesMax = 1024 * 1024;

// The members of the body are the options of an upload: texts, numbers, true and false as they are, objects as JSON text.
Result<Import::Asked> options_of(const Call& call) {
    Import::Asked options;
    if (call.request.body.find_first_not_of(" \t\r\n") == std::string::npos) return options;
    auto body = parse_json(call.request.body);
    if (!body) return std::unexpected(std::move(body.error()));
    if (!body->is_object()) return std::unexpected(Refusal{.reason = Reason::Invalid, .code = "invalid_body", .message = "The body is an object of options.", .details = {}});
    for (const auto& [name, value] : body->as_object()) {
        const std::string_view option(name.data(), name.size());
        if (option == "tenant_id" || option == "workspace_id") continue; // compared where the credential is known
        if (!is_csv_option(option)) return std::unexpected(field_refusal(option, "unknown_option", "There is no such option of an import."));
        const bool nested = value.is_object() || value.is_array();
        options.emplace_back(option, nested ? boost::json::serialize(value) : scalar_text(value));
    }
    return options;
}

bool says(const Import::Asked& options, std::string_view name) {
    return std::ranges::find(options, name, &Import::Asked::value_type::first) != options.end();
}

// The fingerprint of the header as it was read the first time; empty when it never was.
std::string fingerprint_of(const Unit& unit) {
    const auto options = unit.options.empty() ? Result<boost::json::value>(boost::json::object()) : parse_json(unit.options);
    const auto* fingerprint = options && options->is_object() ? options->as_object().if_contains("header_fingerprint") : nullptr;
    return fingerprint == nullptr ? std::string() : scalar_text(*fingerprint);
}

// A mapping said anew takes the place of the first one. One that is saved is looked up now: what is read again is read with what it says now.
Result<Import::Asked> with_saved_mapping(LedgerReader& ledger, const Unit& unit, Import::Asked anew) {
    if (says(anew, "save_mapping")) return std::unexpected(field_refusal("save_mapping", "invalid_option", "A replay saves no mapping: PUT /api/sales/mappings/{name} does."));
    const auto named = std::ranges::find(anew, "saved_mapping", &Import::Asked::value_type::first);
    if (named == anew.end() || named->second == "none" || says(anew, "mapping")) return anew;
    const bool by_header = named->second == "auto";
    const auto saved = by_header ? ledger.find_mapping(fingerprint_of(unit)) : ledger.read_mapping(named->second);
    if (!saved && !by_header) return std::unexpected(field_refusal("saved_mapping", "unknown_mapping", "The workspace keeps no mapping of that name.", named->second));
    *named = saved ? Import::Asked::value_type("mapping_used", mapping_used(*saved, by_header ? MappingBy::Header : MappingBy::Name))
                   : Import::Asked::value_type("saved_mapping", "none");
    return anew;
}

// Options that cut a file into other rows: what was mended in the rows of before then says nothing.
bool recounts_rows(const Import::Asked& anew) {
    constexpr std::array<std::string_view, 7> kCutting = {"encoding", "delimiter", "quote", "header_line", "sheet", "totals_rows", "repeated_headers"};
    return std::ranges::any_of(kCutting, [&](std::string_view name) { return says(anew, name); });
}

std::string said(const Import::Asked& options, std::string_view name) {
    const auto found = std::ranges::find(options, name, &Import::Asked::value_type::first);
    return found == options.end() ? std::string() : found->second;
}

// Cells mended now are added to those mended before.
Result<void> merge_fixes(Import::Asked& all, const Import::Asked& anew) {
    const std::string earlier = recounts_rows(anew) ? std::string() : said(all, "fixes");
    const std::string later = said(anew, "fixes");
    std::erase_if(all, [](const auto& option) { return option.first == "fixes"; });
    auto before = parse_cell_fixes(earlier.empty() ? "[]" : earlier);
    if (!before) return std::unexpected(std::move(before.error()));
    if (!later.empty()) {
        const auto now = parse_cell_fixes(later);
        if (!now) return std::unexpected(now.error());
        before = merged_cell_fixes(*std::move(before), *now);
        if (!before) return std::unexpected(std::move(before.error()));
    }
    if (!before->empty()) all.emplace_back("fixes", cell_fixes_json(*before));
    return {};
}

// The options of the first time, but for those that are said anew; a plan unless said otherwise.
Result<Import::Asked> merged(const Unit& unit, const Import::Asked& anew) {
    Import::Asked all = asked_of(unit);
    if (auto fixed = merge_fixes(all, anew); !fixed) return std::unexpected(std::move(fixed.error()));
    const bool another_mapping = says(anew, "mapping") || says(anew, "mapping_used") || says(anew, "saved_mapping");
    std::erase_if(all, [&](const auto& old) {
        const bool of_mapping = old.first == "mapping" || old.first == "mapping_used" || old.first == "saved_mapping";
        if (old.first == "fixes") return false; // merged
        return old.first == "dry_run" || old.first == "mapping_saved" || (of_mapping && another_mapping) || std::ranges::find(anew, old.first, &Import::Asked::value_type::first) != anew.end();
    });
    std::ranges::copy_if(anew, std::back_inserter(all), [](const auto& option) { return option.first != "fixes"; });
    if (!says(anew, "dry_run")) all.emplace_back("dry_run", "true");
    CsvOptions checked;
    for (const auto& [name, value] : all) {
        if (unit.source != Source::Csv && name != "dry_run" && name != "automations") {
            return std::unexpected(field_refusal(name, "unknown_option", "Only files have this option."));
        }
        if (auto set = set_csv_option(checked, name, value); !set) return std::unexpected(std::move(set.error()));
    }
    return all;
}

// What can be told at once of an import that was read to its end, in the way it will be read again; the reader tells the rest.
Result<void> check_fixes(const Unit& known, const Import::Asked& anew) {
    const bool as_before = std::ranges::all_of(anew, [](const auto& option) { return option.first == "fixes" || option.first == "dry_run" || option.first == "automations"; });
    const auto fixes = parse_cell_fixes(says(anew, "fixes") ? said(anew, "fixes") : "[]");
    if (!fixes) return std::unexpected(fixes.error());
    const auto header = cell_layout(known).header;
    if (!as_before || known.source != Source::Csv || header.empty()) return {};
    const bool whole = known.state == UnitState::Done || known.state == UnitState::Planned || known.state == UnitState::Undone;
    for (std::size_t at = 0; at < fixes->size(); ++at) {
        const CellFix& fix = (*fixes)[at];
        if (std::ranges::find(header, fix.column) == header.end()) return std::unexpected(no_such_column(at, fix));
        if (whole && fix.row >= known.counts.read - known.counts.skipped) return std::unexpected(no_such_row(at, fix, known.counts.read - known.counts.skipped));
    }
    return {};
}

Result<Unit> replay_of(Turn& turn, const Call& call, const Id& id, const Import::Asked& anew) {
    const auto known = turn.ledger.read_unit(id);
    if (!known || !known->many) return std::unexpected(not_found("import"));
    if (known->sha256.empty() || known->state == UnitState::Running) {
        return std::unexpected(Refusal{.reason = Reason::Conflict,
                                       .code = "not_replayable",
                                       .message = "Only an import that has ended and whose input has come whole can be replayed.",
                                       .details = {}});
    }
    if (auto fixable = check_fixes(*known, anew); !fixable) return std::unexpected(std::move(fixable.error()));
    const auto resolved = with_saved_mapping(turn.ledger, *known, anew);
    if (!resolved) return std::unexpected(resolved.error());
    const auto asked = merged(*known, *resolved);
    if (!asked) return std::unexpected(asked.error());
    Unit unit = new_unit(call, known->door, true);
    unit.id = turn.ledger.next_id(IdOf::Unit, turn.now_ms);
    unit.source = known->source;
    unit.file_name = known->file_name;
    unit.content_type = known->content_type;
    unit.sha256 = known->sha256;
    unit.raw_bytes = known->raw_bytes;
    unit.asked = asked_text(*asked);
    unit.replay_of = known->replay_of.is_nil() ? known->id : known->replay_of;
    turn.ledger.put_unit(unit);
    return unit;
}

void replay(const CallPtr& call, http::Reply reply) {
    const auto id = parse_id(call->segments.front());
    if (!id) return reply(call->refuse(not_found("import")));
    auto anew = options_of(*call);
    if (!anew) return reply(call->refuse(anew.error()));
    run_claimed(
        call, std::move(reply), [call, id = *id, anew = *std::move(anew)](Turn& turn) { return replay_of(turn, *call, id, anew); },
        [](const std::shared_ptr<Import>& import, bool answered) { import->replays_stored(answered); });
}

} // namespace

std::vector<Route> import_replay_routes() {
    return {{"POST", "/api/sales/imports/{id}/replay", Right::Write, replay, kBodyBytesMax}};
}

} // namespace tributary
