// See hubspot_remote.hpp.
#include "crm/hubspot_remote.hpp"

#include "crm/account_text.hpp"
#include "crm/crm_failure.hpp"
#include "crm/hubspot_whole.hpp"
#include "deal/json.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <set>
#include <thread>

namespace tributary {
namespace {

using outside::Called;
using outside::HubspotLinks;
using outside::HubspotRecord;
using outside::HubspotType;

std::int64_t number_at(std::string_view text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

// Runs the calls on a few threads; the first failure is the failure of all.
Called<void> all_at_once(std::size_t calls, const std::function<Called<void>(std::size_t)>& call) {
    std::atomic<std::size_t> next{0};
    std::atomic<bool> failing{false};
    std::mutex mutex;
    Called<void> outcome;
    const auto work = [&] {
        for (std::size_t at = next++; at < calls && !failing; at = next++) {
            auto done = call(at);
            if (done) continue;
            const std::lock_guard lock(mutex);
            if (!failing.exchange(true)) outcome = std::unexpected(std::move(done.error()));
        }
    };
    {
        std::vector<std::jthread> threads;
        for (std::size_t at = 1; at < std::min(calls, HubspotRemote::kCallsAtOnce); ++at) threads.emplace_back(work);
        work();
    }
    return outcome;
}

} // namespace

HubspotRemote::HubspotRemote(outside::HubspotApi& api, const Clock& clock, std::stop_token stop)
    : api_(api), clock_(clock), stop_(std::move(stop)) {}

template <typename T>
CrmResult<T> HubspotRemote::as_result(Called<T> called) const {
    if (!called) return std::unexpected(crm_failure(called.error(), clock_.now_ms()));
    return std::move(*called);
}

Called<void> HubspotRemote::read_people(HubspotType type, const std::vector<HubspotLinks>& links, Texts& into) {
    std::set<std::string> unknown;
    for (const HubspotLinks& each : links) {
        for (const auto& link : each.to) {
            if (!into.contains(link.to_id)) unknown.insert(link.to_id);
        }
    }
    const std::vector<std::string> ids(unknown.begin(), unknown.end());
    const std::size_t batches = (ids.size() + outside::kHubspotBatchMax - 1) / outside::kHubspotBatchMax;
    std::mutex mutex;
    return all_at_once(batches, [&](std::size_t at) -> Called<void> {
        const std::size_t from = at * outside::kHubspotBatchMax;
        auto batch = api_.read_records(type, std::span(ids).subspan(from, std::min(outside::kHubspotBatchMax, ids.size() - from)), stop_);
        if (!batch) return std::unexpected(std::move(batch.error()));
        const std::lock_guard lock(mutex);
        for (HubspotRecord& record : batch->records) into[record.id] = std::move(record.json);
        return {};
    });
}

Called<std::vector<CrmRecord>> HubspotRemote::whole(const Records& deals, std::int64_t read_at, People& people) {
    std::vector<std::string> living;
    for (const HubspotRecord& deal : deals) {
        if (!deal.archived) living.push_back(deal.id);
    }
    std::array<std::vector<HubspotLinks>, 2> links;
    constexpr std::array kTypes = {HubspotType::Contact, HubspotType::Company};
    if (!living.empty()) {
        const auto linked = all_at_once(kTypes.size(), [&](std::size_t at) -> Called<void> {
            auto read = api_.read_links(kTypes.at(at), living, stop_);
            if (!read) return std::unexpected(std::move(read.error()));
            links.at(at) = std::move(*read);
            return {};
        });
        if (!linked) return std::unexpected(linked.error());
    }
    if (auto read = read_people(HubspotType::Contact, links[0], people.contacts); !read) return std::unexpected(std::move(read.error()));
    if (auto read = read_people(HubspotType::Company, links[1], people.companies); !read) return std::unexpected(std::move(read.error()));
    std::unordered_map<std::string, std::size_t> places;
    for (std::size_t at = 0; at < links[0].size(); ++at) places[links[0][at].from_id] = at;
    std::vector<CrmRecord> records;
    for (const HubspotRecord& deal : deals) {
        static const HubspotLinks kNone;
        const auto place = places.find(deal.id);
        const bool known = !deal.archived && place != places.end();
        records.push_back({.id = deal.id,
                           .version_ms = deal.updated_ms,
                           .deleted = deal.archived,
                           .text = whole_hubspot_deal(deal.json, read_at, {known ? links[0][place->second] : kNone, people.contacts},
                                                      {known ? links[1][place->second] : kNone, people.companies}, known)});
    }
    return records;
}

Called<std::vector<CrmRecord>> HubspotRemote::read_called(std::span<const std::string> ids) {
    const std::int64_t read_at = clock_.now_ms(); // before it is read: what happens meanwhile is newer
    auto living = api_.read_records(HubspotType::Deal, ids, stop_);
    if (!living) return std::unexpected(std::move(living.error()));
    Records found = std::move(living->records);
    std::vector<std::string> missing = std::move(living->missing);
    // A record that was merged brings the one it went into.
    std::vector<std::string> survivors;
    for (const auto& merge : living->merged) {
        const auto is_it = [&](const HubspotRecord& record) { return record.id == merge.survivor_id; };
        if (std::ranges::none_of(found, is_it)) survivors.push_back(merge.survivor_id);
    }
    if (!survivors.empty()) {
        auto more = api_.read_records(HubspotType::Deal, survivors, stop_);
        if (!more) return std::unexpected(std::move(more.error()));
        std::ranges::move(more->records, std::back_inserter(found));
        std::ranges::move(more->missing, std::back_inserter(missing));
    }
    if (!missing.empty()) {
        auto archived = api_.read_archived(HubspotType::Deal, missing, stop_);
        if (!archived) return std::unexpected(std::move(archived.error()));
        for (HubspotRecord& record : archived->records) {
            record.archived = true;
            found.push_back(std::move(record));
        }
        missing = std::move(archived->missing);
    }
    People people;
    auto records = whole(found, read_at, people);
    if (!records) return records;
    for (const std::string& id : missing)
        records->push_back({.id = id, .version_ms = 0, .deleted = true, .text = gone_hubspot_deal(id, read_at)});
    return records;
}

CrmResult<std::vector<CrmRecord>> HubspotRemote::read(std::span<const std::string> ids) { return as_result(read_called(ids)); }

// Those whose version the last searches have not already brought.
HubspotRemote::Records HubspotRemote::not_recent(Records found) {
    std::erase_if(found, [this](const HubspotRecord& record) {
        const auto known = recent_.find(record.id);
        return record.updated_ms != 0 && known != recent_.end() && known->second == record.updated_ms;
    });
    return found;
}

// The cursor is the instant of the last change seen, less the overlap; within a millisecond that fills a page, also the last id.
Called<CrmPage> HubspotRemote::changed_called(const std::string& cursor, std::int64_t since_ms) {
    const std::size_t colon = cursor.find(':');
    outside::HubspotSearchAsk ask{.modified_since_ms = cursor.empty() ? since_ms : number_at(std::string_view(cursor).substr(0, colon))};
    ask.exactly_then = colon != std::string::npos;
    if (ask.exactly_then) ask.id_above = cursor.substr(colon + 1);
    const std::int64_t read_at = clock_.now_ms();
    auto found = api_.search_deals(ask, stop_);
    if (!found) return std::unexpected(std::move(found.error()));
    const bool full = found->records.size() >= static_cast<std::size_t>(ask.limit);
    CrmPage page;
    page.more = full || ask.exactly_then;
    std::int64_t last = ask.modified_since_ms;
    for (const HubspotRecord& record : found->records) last = std::max(last, record.updated_ms);
    if (ask.exactly_then) {
        page.next = full ? std::to_string(last) + ":" + found->records.back().id : std::to_string(ask.modified_since_ms + 1);
    } else if (full) {
        page.next = last > ask.modified_since_ms ? std::to_string(last) : std::to_string(last) + ":0";
    } else {
        page.next = std::to_string(std::max(ask.modified_since_ms, last - kSearchOverlap_ms));
    }
    const Records fresh = not_recent(std::move(found->records));
    People people;
    auto records = whole(fresh, read_at, people);
    if (!records) return std::unexpected(std::move(records.error()));
    page.records = std::move(*records);
    if (recent_.size() + page.records.size() > kRecentMax) recent_.clear();
    for (const CrmRecord& record : page.records) recent_[record.id] = record.version_ms;
    return page;
}

CrmResult<CrmPage> HubspotRemote::changed(const std::string& cursor, std::int64_t since_ms) {
    return as_result(changed_called(cursor, since_ms));
}

// The cursor: "l" or "a" (living or archived) and HubSpot's own.
Called<CrmPage> HubspotRemote::list_called(const std::string& cursor) {
    const std::lock_guard lock(list_mutex_);
    if (cursor.empty() || list_people_.contacts.size() + list_people_.companies.size() > kPeopleKeptMax) list_people_ = {};
    const bool archived = cursor.starts_with('a');
    outside::HubspotListAsk ask{.after = cursor.empty() ? std::string() : cursor.substr(1), .archived = archived};
    const std::int64_t read_at = clock_.now_ms();
    Records deals;
    do {
        auto part = api_.list_deals(ask, stop_);
        if (!part) return std::unexpected(std::move(part.error()));
        for (HubspotRecord& record : part->records) {
            record.archived = archived;
            deals.push_back(std::move(record));
        }
        ask.after = std::move(part->after);
    } while (!ask.after.empty() && deals.size() < kDealsPerPage);
    auto records = whole(deals, read_at, list_people_);
    if (!records) return std::unexpected(std::move(records.error()));
    CrmPage page{.records = std::move(*records)};
    if (!ask.after.empty())
        page.next = (archived ? "a" : "l") + ask.after;
    else if (!archived)
        page.next = "a";
    page.more = !page.next.empty();
    if (!page.more) list_people_ = {};
    return page;
}

CrmResult<CrmPage> HubspotRemote::list(const std::string& cursor) { return as_result(list_called(cursor)); }

CrmResult<std::uint64_t> HubspotRemote::count() {
    const auto count = as_result(api_.count_deals(stop_));
    if (!count) return std::unexpected(count.error());
    return static_cast<std::uint64_t>(*count);
}

CrmResult<CrmCensusPage> HubspotRemote::census(const std::string& cursor) {
    const auto page = as_result(api_.list_deals({.after = cursor}, stop_));
    if (!page) return std::unexpected(page.error());
    CrmCensusPage census{.rows = {}, .next = page->after};
    for (const HubspotRecord& record : page->records) census.rows.push_back(hubspot_census_row(record.id, record.json));
    return census;
}

CrmResult<std::string> HubspotRemote::account() {
    const auto account = as_result(api_.account(stop_));
    if (!account) return std::unexpected(account.error());
    const auto pipelines = as_result(api_.pipelines(stop_));
    if (!pipelines) return std::unexpected(pipelines.error());
    const auto owners = as_result(api_.owners(stop_));
    // Owners are a scope of their own: without it a deal has its owner's number.
    if (!owners && owners.error().kind != CrmFailure::Kind::Refused) return std::unexpected(owners.error());
    return hubspot_account_text(*account, *pipelines, owners ? *owners : std::vector<outside::HubspotOwner>{});
}

} // namespace tributary
