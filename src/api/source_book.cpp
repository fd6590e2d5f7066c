// See source_book.hpp.
#include "api/source_book.hpp"

#include "deal/json.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cmath>

namespace tributary {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr double kFirstBucketMs = 0.1;
constexpr double kBucketsPerDoubling = 2;
constexpr std::size_t kMessageBytesMax = 300;

void note_error(SourceState& state, const Refusal& refusal, std::int64_t now_ms) {
    state.error_at = now_ms;
    state.error_code = refusal.code;
    std::size_t cut = std::min(refusal.message.size(), kMessageBytesMax);
    while (cut > 0 && cut < refusal.message.size() && (static_cast<unsigned char>(refusal.message[cut]) & 0xC0U) == 0x80U) --cut;
    state.error_message = refusal.message.substr(0, cut);
}

std::int64_t number_in(const boost::json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_int64() ? value->as_int64() : 0;
}

std::string text_in(const boost::json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

const boost::json::array* array_in(const boost::json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value == nullptr ? nullptr : value->if_array();
}

SourceHour hour_of(const boost::json::object& object) {
    SourceHour hour;
    hour.hour = number_in(object, "hour");
    hour.received = static_cast<std::uint64_t>(number_in(object, "received"));
    hour.rejected = static_cast<std::uint64_t>(number_in(object, "rejected"));
    hour.succeeded = hour.received - std::min(hour.rejected, hour.received);
    const auto* counts = array_in(object, "latency");
    if (counts == nullptr) return hour;
    for (std::size_t at = 0; at < std::min(counts->size(), kLatencyBuckets); ++at) {
        if ((*counts)[at].is_int64()) hour.latency[at] = static_cast<std::uint32_t>((*counts)[at].as_int64());
    }
    return hour;
}

void append_number(std::string& out, std::string_view key, std::int64_t number) {
    append_key(out, key);
    out += std::to_string(number);
}

} // namespace

void count_latency(LatencyCounts& counts, std::int64_t duration_us) {
    const double ms = static_cast<double>(std::max<std::int64_t>(duration_us, 1)) / 1'000;
    const double bucket = std::ceil(std::log2(ms / kFirstBucketMs) * kBucketsPerDoubling);
    ++counts[static_cast<std::size_t>(std::clamp(bucket, 0.0, static_cast<double>(kLatencyBuckets - 1)))];
}

double latency_ms_at(const LatencyCounts& counts, double share) {
    std::uint64_t all = 0;
    for (const std::uint32_t count : counts) all += count;
    if (all == 0) return 0;
    const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(all)));
    std::uint64_t seen = 0;
    std::size_t at = 0;
    for (; at + 1 < kLatencyBuckets; ++at) {
        seen += counts[at];
        if (seen >= wanted) break;
    }
    const double ms = kFirstBucketMs * std::exp2(static_cast<double>(at) / kBucketsPerDoubling);
    return std::round(ms * 100) / 100;
}

SourceHour& SourceState::hour_at(std::int64_t now_ms) {
    const std::int64_t hour = now_ms / kHourMs;
    // A clock that steps back counts into the newest hour.
    if (hours.empty() || hours.back().hour < hour) hours.push_back({.hour = hour});
    while (hours.front().hour + static_cast<std::int64_t>(kHoursKept) <= hours.back().hour) hours.pop_front();
    return hours.back();
}

void SourceState::count(std::int64_t now_ms, std::uint64_t received, std::uint64_t rejected) {
    last_event_at = std::max(last_event_at, now_ms);
    SourceHour& hour = hour_at(now_ms);
    hour.received += received;
    hour.rejected += rejected;
    hour.succeeded += received - rejected;
}

std::string source_state_text(const SourceState& state) {
    std::string out = "{\"last_event_at\":" + std::to_string(state.last_event_at);
    append_number(out, "error_at", state.error_at);
    append_key(out, "error_code");
    append_json_string(out, state.error_code);
    append_key(out, "error_message");
    append_json_string(out, state.error_message);
    append_key(out, "hours");
    out += '[';
    for (const SourceHour& hour : state.hours) {
        if (out.back() != '[') out += ',';
        out += "{\"hour\":" + std::to_string(hour.hour);
        append_number(out, "received", static_cast<std::int64_t>(hour.received));
        append_number(out, "rejected", static_cast<std::int64_t>(hour.rejected));
        append_key(out, "latency");
        out += '[';
        for (std::size_t at = 0; at < kLatencyBuckets; ++at) out += (at == 0 ? "" : ",") + std::to_string(hour.latency[at]);
        out += "]}";
    }
    return out + "]}";
}

SourceState parse_source_state(std::string_view text) {
    SourceState state;
    const auto parsed = parse_json(text);
    const auto* object = parsed ? parsed->if_object() : nullptr;
    if (object == nullptr) return state;
    state.last_event_at = number_in(*object, "last_event_at");
    state.error_at = number_in(*object, "error_at");
    state.error_code = text_in(*object, "error_code");
    state.error_message = text_in(*object, "error_message");
    const auto* hours = array_in(*object, "hours");
    if (hours == nullptr) return state;
    for (const auto& hour : *hours) {
        if (hour.is_object() && state.hours.size() < SourceState::kHoursKept) state.hours.push_back(hour_of(hour.as_object()));
    }
    return state;
}

SourceBook::Kept& SourceBook::kept(const TenantScope& scope) {
    return kept_.try_emplace(scope.workspace(), Kept{.scope = scope, .states = {}}).first->second;
}

void SourceBook::load(const TenantScope& scope, LedgerReader& ledger) {
    const auto figures = ledger.source_figures();
    const std::lock_guard lock(mutex_);
    Kept& of = kept(scope);
    for (const SourceFigures& one : figures) of.states[static_cast<std::size_t>(one.source)] = parse_source_state(one.figures);
}

void SourceBook::came_in(const TenantScope& scope, Source source, const UnitCounts& counts, const Refusal* refusal,
                         std::int64_t duration_us, std::int64_t now_ms) {
    if (source == Source::System) return;
    const auto at = static_cast<std::size_t>(source);
    const std::lock_guard lock(mutex_);
    Kept& of = kept(scope);
    SourceState& state = of.states[at];
    state.count(now_ms, counts.read, counts.rejected);
    if (counts.rejected < counts.read) count_latency(state.hour_at(now_ms).latency, duration_us);
    if (refusal != nullptr) note_error(state, *refusal, now_ms);
    of.changed[at] = true;
}

void SourceBook::refused(const TenantScope& scope, Source source, const Refusal& refusal, std::int64_t now_ms) {
    came_in(scope, source, {.read = 1, .rejected = 1}, &refusal, 0, now_ms);
}

std::array<SourceState, kSourceCount> SourceBook::of(const TenantScope& scope) const {
    const std::lock_guard lock(mutex_);
    const auto found = kept_.find(scope.workspace());
    return found == kept_.end() ? std::array<SourceState, kSourceCount>{} : found->second.states;
}

std::vector<SourceBook::Changed> SourceBook::take_changed() {
    std::vector<Changed> taken;
    const std::lock_guard lock(mutex_);
    for (auto& [workspace, of] : kept_) {
        Changed changed{.scope = of.scope, .figures = {}};
        for (std::size_t at = 0; at < kSourceCount; ++at) {
            if (of.changed[at]) changed.figures.push_back({static_cast<Source>(at), source_state_text(of.states[at])});
            of.changed[at] = false;
        }
        if (!changed.figures.empty()) taken.push_back(std::move(changed));
    }
    return taken;
}

void SourceBook::put_back(const Changed& changed) {
    const std::lock_guard lock(mutex_);
    Kept& of = kept(changed.scope);
    for (const SourceFigures& one : changed.figures) of.changed[static_cast<std::size_t>(one.source)] = true;
}

} // namespace tributary
