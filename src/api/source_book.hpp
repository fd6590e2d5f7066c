// How the sources of each workspace do: what came in the last 24 hours, how much of it was refused, how long it took, and the last error.
// Moved in memory as things come in; written to the store every half minute when changed, and when the server ends, so a restart loses
// little and ingestion waits for nothing. Thread-safe.
#pragma once
#include "deal/names.hpp"
#include "deal/result.hpp"
#include "deal/unit.hpp"
#include "store/store.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tributary {

// Times by orders of size: bucket n holds what took up to 0.1 ms x sqrt(2)^n, the last one the rest (above 6.5 s).
inline constexpr std::size_t kLatencyBuckets = 33;
using LatencyCounts = std::array<std::uint32_t, kLatencyBuckets>;
void count_latency(LatencyCounts& counts, std::int64_t duration_us);
// The time below which `share` of them lie, in ms, exact to a bucket; 0 when there are none.
[[nodiscard]] double latency_ms_at(const LatencyCounts& counts, double share);

struct SourceHour {
    std::int64_t hour = 0; // since 1970
    std::uint64_t received = 0, succeeded = 0, rejected = 0;
    LatencyCounts latency{};
};

struct SourceState {
    std::int64_t last_event_at = 0; // 0: never
    std::int64_t error_at = 0;      // 0: never
    std::string error_code;
    std::string error_message;    // the refusal's sentence; what was refused is not in it
    std::deque<SourceHour> hours; // oldest first, at most kHoursKept

    static constexpr std::size_t kHoursKept = 24;
    void count(std::int64_t now_ms, std::uint64_t received, std::uint64_t rejected);
    SourceHour& hour_at(std::int64_t now_ms); // drops what is older than the window
};
[[nodiscard]] std::string source_state_text(const SourceState& state);
[[nodiscard]] SourceState parse_source_state(std::string_view text); // an empty one for a text that is none

class SourceBook {
  public:
    static constexpr std::int64_t kKeptEveryMs = 30'000;

    void load(const TenantScope& scope, LedgerReader& ledger);
    // Rows of one arrival or slice that are durable, or refused one by one; `refusal` is the last of them, or null.
    void came_in(const TenantScope& scope, Source source, const UnitCounts& counts, const Refusal* refusal, std::int64_t duration_us,
                 std::int64_t now_ms);
    // An arrival that was refused as a whole: one rejected.
    void refused(const TenantScope& scope, Source source, const Refusal& refusal, std::int64_t now_ms);
    [[nodiscard]] std::array<SourceState, kSourceCount> of(const TenantScope& scope) const;

    // What has changed since it was last taken, ready to be written; it counts as written unless put back.
    struct Changed {
        TenantScope scope;
        std::vector<SourceFigures> figures;
    };
    [[nodiscard]] std::vector<Changed> take_changed();
    void put_back(const Changed& changed); // it could not be written: it is changed still

  private:
    struct Kept {
        TenantScope scope;
        std::array<SourceState, kSourceCount> states;
        std::array<bool, kSourceCount> changed{};
    };
    Kept& kept(const TenantScope& scope); // with the mutex held

    mutable std::mutex mutex_;
    std::unordered_map<WorkspaceNo, Kept> kept_;
};

} // namespace tributary
