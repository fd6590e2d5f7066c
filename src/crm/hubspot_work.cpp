// Thin events, gathered; see hubspot_work.hpp. Everything kept of an event is a maximum, a union or an "all of them", which is what makes
// order and repetition not matter.
#include "crm/hubspot_work.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace tributary {
namespace {

using DealName = std::pair<std::string, std::string>; // portal, deal

struct Gathered {
    std::int64_t deleted_ms = -1; // newest deletion; -1: none
    std::int64_t other_ms = -1;   // newest of everything else
    bool restored = false;
    bool all_storm = true;
    std::set<std::string> absorbed;
};

struct Survivor {
    std::int64_t at_ms = -1;
    std::string deal;
    friend auto operator<=>(const Survivor&, const Survivor&) = default; // of several the newest, then the larger id
};

class Gathering {
  public:
    void take(const HubspotEvent& event, const EventMeaning& meaning) {
        if (meaning.action == EventAction::Ignored) return;
        if (!meaning.other.empty()) return take_related(event, meaning);
        for (const std::string& deal : meaning.deals) take_deal(event, meaning, {event.portal, deal});
        for (const std::string& dead : meaning.dead) {
            const DealName name{event.portal, dead};
            survivors_[name] = std::max(survivors_[name], Survivor{event.occurred_at_ms, meaning.deals.front()});
            gathered_.try_emplace(name); // so that it is folded into its survivor
        }
    }

    CoalescedWork work() {
        fold_merged();
        CoalescedWork all;
        for (const auto& [name, from] : gathered_) all.deals.push_back(deal_work(name, from));
        for (auto& [key, related] : related_) all.related.push_back(std::move(related));
        return all;
    }

  private:
    void take_deal(const HubspotEvent& event, const EventMeaning& meaning, const DealName& name) {
        Gathered& into = gathered_[name];
        std::int64_t& newest = meaning.action == EventAction::Deleted ? into.deleted_ms : into.other_ms;
        newest = std::max(newest, event.occurred_at_ms);
        into.restored = into.restored || meaning.action == EventAction::Restored;
        into.all_storm = into.all_storm && meaning.storm;
    }

    void take_related(const HubspotEvent& event, const EventMeaning& meaning) {
        const auto [place, is_new] = related_.try_emplace({event.portal, event.object, meaning.other});
        RelatedWork& work = place->second;
        if (is_new) work = {.portal = event.portal, .object = event.object, .id = meaning.other, .slow = true};
        work.gone = work.gone || meaning.gone;
        work.erased = work.erased || meaning.erased;
        work.slow = work.slow && meaning.storm;
        work.newest_ms = std::max(work.newest_ms, event.occurred_at_ms);
    }

    // Where the deal lives on. Deals that went into each other in a circle stay what they are: the records tell.
    DealName last_survivor(const DealName& name) const {
        std::set<DealName> passed{name};
        DealName at = name;
        for (auto next = survivors_.find(at); next != survivors_.end(); next = survivors_.find(at)) {
            at = {at.first, next->second.deal};
            if (!passed.insert(at).second) return name;
        }
        return at;
    }

    void fold_merged() {
        for (const auto& [dead, survivor] : survivors_) {
            const DealName last = last_survivor(dead);
            const auto found = gathered_.find(dead);
            if (last == dead || found == gathered_.end()) continue;
            const Gathered from = std::move(found->second);
            gathered_.erase(found);
            const bool moved = from.deleted_ms >= 0 || from.other_ms >= 0; // else it was only named by the merge
            Gathered& into = gathered_[last];
            // That the dead one was deleted is part of its merge, and says nothing of the survivor.
            into.other_ms = std::max({into.other_ms, from.other_ms, survivor.at_ms});
            if (moved) into.all_storm = into.all_storm && from.all_storm;
            into.absorbed.insert(dead.second);
        }
    }

    static DealWork deal_work(const DealName& name, const Gathered& from) {
        return {.portal = name.first,
                .deal = name.second,
                .deleted = from.deleted_ms > from.other_ms, // at the same moment nobody knows which was last: the record is asked
                .maybe_gone = from.deleted_ms >= 0 || from.restored,
                .absorbed = {from.absorbed.begin(), from.absorbed.end()},
                .slow = from.all_storm,
                .newest_ms = std::max({from.deleted_ms, from.other_ms, std::int64_t{0}})};
    }

    std::map<DealName, Gathered> gathered_;
    std::map<DealName, Survivor> survivors_; // of a dead deal
    std::map<std::tuple<std::string, HubspotObject, std::string>, RelatedWork> related_;
};

} // namespace

CoalescedWork coalesce(std::span<const HubspotEvent> events, const OwnWrites& own) {
    Gathering gathering;
    for (const HubspotEvent& event : events) gathering.take(event, meaning_of(event, own));
    return gathering.work();
}

} // namespace tributary
