// See overlay_scratch.hpp.
#include "store/overlay_scratch.hpp"

#include "store/packed_things.hpp"
#include "store/store.hpp"

#include <algorithm>

namespace tributary {
namespace {

// Numbers of new things: far above those of any real row, so that an id tells where its thing is.
constexpr std::int64_t kFirstNumber = kIdNumberMax / 2;
constexpr std::uint64_t kNowhere = UINT64_MAX;

bool is_found_by_name(const Deal& deal) { return deal.match_key != MatchKey{} && deal.deleted_at == 0 && !deal.is_spam; }

std::string external_name(const ExternalId& external) { return std::to_string(external.system.size()) + ':' + external.system + external.id; }

bool has(const std::vector<ExternalId>& externals, const ExternalId& one) { return std::ranges::find(externals, one) != externals.end(); }

} // namespace

Id OverlayScratch::next_id(std::int64_t now_ms) {
    places_.push_back(kNowhere);
    return numbered_id(now_ms, kFirstNumber + static_cast<std::int64_t>(places_.size()));
}

const std::uint64_t* OverlayScratch::place_of(const Id& id, const Held& held) const {
    std::size_t thing = 0;
    if (const std::int64_t number = id_number(id); number > kFirstNumber) {
        thing = static_cast<std::size_t>(number - kFirstNumber - 1);
    } else if (const auto found = held.find(id); found != held.end()) {
        thing = found->second;
    } else {
        return nullptr;
    }
    return thing < places_.size() && places_[thing] != kNowhere ? &places_[thing] : nullptr;
}

std::uint32_t OverlayScratch::number_of(const Id& id, Held& held) {
    if (const std::int64_t number = id_number(id); number > kFirstNumber) return static_cast<std::uint32_t>(number - kFirstNumber - 1);
    const auto [found, fresh] = held.try_emplace(id, static_cast<std::uint32_t>(places_.size()));
    if (fresh) places_.push_back(kNowhere);
    return found->second;
}

std::string OverlayScratch::record_of(const Id& id, const Held& held) const {
    const std::uint64_t* place = place_of(id, held);
    if (place == nullptr) throw StoreError("a plan does not hold this");
    return file_.read(*place);
}

Deal OverlayScratch::deal(const Id& id) const { return unpacked_deal(record_of(id, deals_)); }
Lead OverlayScratch::lead(const Id& id) const { return unpacked_lead(record_of(id, leads_)); }

void OverlayScratch::keep(std::uint32_t thing) { places_[thing] = file_.append(packed_); }

void OverlayScratch::put(const Deal& deal) {
    Deal before;
    if (holds_deal(deal.id)) before = this->deal(deal.id);
    const std::uint32_t thing = number_of(deal.id, deals_);
    const bool was_named = is_found_by_name(before);
    const bool is_named = is_found_by_name(deal);
    if (was_named != is_named || before.match_key != deal.match_key || before.twin != deal.twin) {
        if (was_named) named_.remove(before.match_key.bytes, thing);
        if (is_named) named_.add(deal.match_key.bytes, thing, deal.twin);
    }
    for (const ExternalId& external : before.external_ids) {
        if (!has(deal.external_ids, external)) externals_.remove(external_name(external), thing);
    }
    for (const ExternalId& external : deal.external_ids) {
        if (!has(before.external_ids, external)) externals_.add(external_name(external), thing);
    }
    packed_.clear();
    append_packed(packed_, deal);
    keep(thing);
}

void OverlayScratch::put(const Lead& lead) {
    Lead before;
    before.deleted_at = 1;
    if (holds_lead(lead.id)) before = this->lead(lead.id);
    const std::uint32_t thing = number_of(lead.id, leads_);
    const bool was_found = before.deleted_at == 0;
    const bool is_found = lead.deleted_at == 0;
    if (was_found != is_found || before.email != lead.email) {
        if (was_found) emails_.remove(before.email, thing);
        if (is_found) emails_.add(lead.email, thing);
    }
    packed_.clear();
    append_packed(packed_, lead);
    keep(thing);
}

std::optional<Id> OverlayScratch::find_external(const ExternalId& external) const {
    const auto found = externals_.bearers(external_name(external));
    if (found.empty()) return std::nullopt;
    return unpacked_deal(file_.read(places_[found.back()])).id;
}

std::vector<Id> OverlayScratch::find_named(const MatchKey& key) const {
    std::vector<Id> ids;
    for (const std::uint32_t thing : named_.bearers(key.bytes)) ids.push_back(unpacked_deal(file_.read(places_[thing])).id);
    return ids;
}

std::optional<Id> OverlayScratch::find_lead(const std::string& email) const {
    const auto found = emails_.bearers(email);
    if (found.empty()) return std::nullopt;
    return unpacked_lead(file_.read(places_[found.back()])).id;
}

} // namespace tributary
