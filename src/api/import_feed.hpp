// Reading an import's stored bytes again, as its door read them when they came, and running their rows.
#pragma once
#include "api/import.hpp"

#include <atomic>

namespace tributary {

struct FeedFrom {
    std::shared_ptr<Import> import;
    std::shared_ptr<const Heard> heard; // by the reader that took the bytes in; null: they are heard first
};

// Feeds the rows of the unit's raw bytes to the import and ends it; `reply` gets its answer, and may be null. Runs on a job's thread until
// the end, or until `stopping`: the import then stays as it stands, and is gone on with at the next start.
void feed_from_store(const CallPtr& call, const Unit& unit, const FeedFrom& from, const std::atomic<bool>& stopping, http::Reply reply);

// As a job. False: too many wait already; nothing will be called.
[[nodiscard]] bool feed_as_job(const CallPtr& call, const Unit& unit, FeedFrom from, http::Reply reply);

// Which door the unit came by; null when there is none any more, or never was: an undo.
[[nodiscard]] const Door* door_of(const Unit& unit);
// The content type of what is stored of it.
[[nodiscard]] std::string stored_type(const Unit& unit);

// Whether the answer to an import of so much raw input is its end, or 202 and where to ask how far it is. The sender may choose with
// "Prefer: respond-async" or "Prefer: wait" (RFC 7240).
[[nodiscard]] bool prefers_later(const Call& call);
[[nodiscard]] bool answered_at_end(const Call& call, std::uint64_t raw_bytes);
[[nodiscard]] http::Response going_on(const Unit& unit);
[[nodiscard]] Refusal too_many_wait();
[[nodiscard]] Refusal not_writable();

// An import that was running when the program stopped, found at the next start: whether its input is all there, and going on with it, a
// dry run from its beginning. Returns at once.
[[nodiscard]] bool can_go_on(const Unit& unit);
void go_on_with_import(App& app, const TenantScope& scope, const Unit& unit);

} // namespace tributary
