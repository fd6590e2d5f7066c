// See mapping_shelf.hpp.
#include "api/mapping_shelf.hpp"

namespace tributary {
namespace {

Result<void> keep(const CallPtr& call, SavedMapping mapping) {
    if (!may(call->principal.key.role, Right::Write)) {
        return std::unexpected(Refusal{.reason = Reason::Forbidden, .code = "forbidden", .message = "The role of this key may not save a mapping.", .details = {}});
    }
    Result<void> room;
    bool answered = false; // the same upload once more: it is answered as it was, and saves nothing over what was saved since
    const auto key = idempotency_key(call->request);
    call->app.store.read(call->scope, [&](LedgerReader& ledger) {
        room = room_for_mapping(ledger, mapping.name);
        answered = key && *key && ledger.find_answer(answer_scope(*call), **key, call->app.clock.now_ms());
    });
    if (answered || !room) return room;
    mapping.actor = call->principal.account();
    // Turns of one lane run in their order, so this is written before the upload's own end is.
    const bool taken = call->app.writer.submit(
        call->scope, Writer::Lane::Bulk,
        [mapping = std::move(mapping)](Turn& turn) mutable {
            turn.told.clear();
            mapping.created_at = mapping.updated_at = turn.now_ms;
            turn.ledger.put_mapping(mapping);
        },
        [](bool /*committed*/) {});
    if (taken) return {};
    return std::unexpected(Refusal{.reason = Reason::Unavailable, .code = "unavailable", .message = "The mapping could not be saved; send it again.", .details = {}, .retry_after_s = 1});
}

} // namespace

Result<void> room_for_mapping(LedgerReader& ledger, std::string_view name) {
    if (ledger.read_mapping(name) || ledger.list_mappings().size() < kMappingsMax) return {};
    return std::unexpected(Refusal{.reason = Reason::Unprocessable, .code = "too_many_mappings",
                                   .message = "A workspace keeps at most " + std::to_string(kMappingsMax) + " mappings; delete one first.", .details = {}});
}

std::shared_ptr<const MappingShelf> mapping_shelf(const CallPtr& call) {
    const auto ask = [call](const auto& question) {
        std::optional<SavedMapping> found;
        call->app.store.read(call->scope, [&](LedgerReader& ledger) { found = question(ledger); });
        return found;
    };
    return std::make_shared<const MappingShelf>(MappingShelf{
        .named = [ask](std::string_view name) { return ask([name](LedgerReader& ledger) { return ledger.read_mapping(name); }); },
        .of_header = [ask](std::string_view fingerprint) { return ask([fingerprint](LedgerReader& ledger) { return ledger.find_mapping(fingerprint); }); },
        .keep = [call](SavedMapping mapping) { return keep(call, std::move(mapping)); },
    });
}

} // namespace tributary
