// A CRM that remembers: records with versions, deletions and merges, and every fault of the wire as a knob. It writes records in HubSpot's
// form, for the reader of that source is the real one.
#pragma once
#include "crm/remote.hpp"
#include "deal/clock.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tributary::testing {

class FakeCrm final : public CrmRemote {
  public:
    struct Record {
        std::string name;
        std::string stage = "qualifiedtobuy";
        int amount = 100;
        std::int64_t version_ms = 0;
        bool deleted = false;
        std::string merged_into;         // empty: not merged
        std::vector<std::string> merged; // into this one
    };

    explicit FakeCrm(const Clock& clock) : clock_(clock) {}

    std::map<std::string, Record> records;
    std::function<std::optional<CrmFailure>()> fault; // asked before every call
    std::size_t page_size = 3;
    std::int64_t lag_ms = 0; // changed() does not yet know what is younger
    std::size_t calls = 0;
    std::size_t read_calls = 0;

    std::int64_t tick() { return version_ = std::max(version_ + 1, clock_.now_ms()); }
    std::string make(std::string name, int amount) {
        const std::string id = std::to_string(144'703'760'000 + static_cast<long long>(records.size()));
        records[id] = {.name = std::move(name), .amount = amount, .version_ms = tick()};
        return id;
    }
    void change(const std::string& id, std::string stage, int amount) {
        Record& record = records.at(id);
        record.stage = std::move(stage);
        record.amount = amount;
        record.version_ms = tick();
    }
    // A third record comes out of it, as in HubSpot; the version of the dead ones stays.
    std::string merge(const std::string& primary, const std::string& other) {
        const Record before = records.at(primary);
        const std::string id = make(before.name, before.amount);
        records.at(id).stage = before.stage;
        for (const std::string& dead : {primary, other}) {
            records.at(dead).merged_into = id;
            records.at(id).merged.push_back(dead);
            for (const std::string& earlier : records.at(dead).merged) {
                records.at(id).merged.push_back(earlier);
                records.at(earlier).merged_into = id;
            }
        }
        return id;
    }

    CrmResult<std::vector<CrmRecord>> read(std::span<const std::string> ids) override {
        ++read_calls;
        if (auto failure = failing()) return std::unexpected(*failure);
        std::vector<CrmRecord> found;
        for (const std::string& id : ids) {
            const auto known = records.find(id);
            if (known == records.end()) {
                found.push_back({.id = id,
                                 .version_ms = 0,
                                 .deleted = true,
                                 .text = R"({"id":")" + id + R"(","archived":true,"read_at":)" + std::to_string(clock_.now_ms()) +
                                         R"(,"properties":{}})"});
                continue;
            }
            const std::string& alive = known->second.merged_into.empty() ? id : known->second.merged_into;
            found.push_back(shown(alive));
        }
        return found;
    }

    CrmResult<CrmPage> changed(const std::string& cursor, std::int64_t since_ms) override {
        if (auto failure = failing()) return std::unexpected(*failure);
        const std::int64_t since = cursor.empty() ? since_ms : std::stoll(cursor);
        std::multimap<std::int64_t, std::string> by_time;
        for (const auto& [id, record] : records) {
            const bool found = record.version_ms >= since && record.version_ms <= clock_.now_ms() - lag_ms;
            if (found && !record.deleted && record.merged_into.empty()) by_time.emplace(record.version_ms, id);
        }
        CrmPage page;
        std::int64_t last = since;
        for (const auto& [at, id] : by_time) {
            if (page.records.size() >= page_size && at != last) {
                page.more = true;
                last = at;
                break;
            }
            page.records.push_back(shown(id));
            last = at;
        }
        page.next = std::to_string(page.more ? last : std::max(since, clock_.now_ms() - lag_ms - kOverlapMs));
        return page;
    }

    CrmResult<CrmPage> list(const std::string& cursor) override {
        if (auto failure = failing()) return std::unexpected(*failure);
        CrmPage page;
        const bool deleted = cursor.starts_with('d');
        auto at = cursor.size() <= 1 ? records.begin() : records.upper_bound(cursor.substr(1));
        for (; at != records.end() && page.records.size() < page_size; ++at) {
            if (at->second.deleted == deleted && at->second.merged_into.empty()) page.records.push_back(shown(at->first));
            page.next = (deleted ? "d" : "l") + at->first;
        }
        if (at == records.end()) page.next = deleted ? "" : "d";
        page.more = !page.next.empty();
        return page;
    }

    CrmResult<std::uint64_t> count() override { return std::uint64_t{records.size()}; }

    CrmResult<CrmCensusPage> census(const std::string& cursor) override {
        if (auto failure = failing()) return std::unexpected(*failure);
        CrmCensusPage page;
        for (auto at = records.upper_bound(cursor); at != records.end(); ++at) {
            if (page.rows.size() >= page_size) {
                page.next = std::prev(at)->first;
                break;
            }
            if (at->second.deleted || !at->second.merged_into.empty()) continue;
            page.rows.push_back({.id = at->first, .amount = std::to_string(at->second.amount), .currency = {}});
        }
        return page;
    }

    CrmResult<std::string> account() override {
        if (auto failure = failing()) return std::unexpected(*failure);
        return std::string("{}");
    }

    CrmRecord shown(const std::string& id) const {
        const Record& record = records.at(id);
        std::string merged;
        for (const std::string& each : record.merged) merged += (merged.empty() ? "" : ";") + each;
        std::string text = R"({"id":")" + id + R"(","archived":)" + (record.deleted ? "true" : "false") + R"(,"read_at":)" +
                           std::to_string(clock_.now_ms());
        text += R"(,"properties":{"dealname":")" + record.name + R"(","dealstage":")" + record.stage + R"(","amount":")" +
                std::to_string(record.amount);
        text += R"(","hs_lastmodifieddate":")" + std::to_string(record.version_ms) + R"(","hs_merged_object_ids":")" + merged + R"("}})";
        return {.id = id, .version_ms = record.version_ms, .deleted = record.deleted, .text = std::move(text)};
    }

  private:
    static constexpr std::int64_t kOverlapMs = 60'000;
    std::optional<CrmFailure> failing() {
        ++calls;
        return fault ? fault() : std::nullopt;
    }
    const Clock& clock_;
    std::int64_t version_ = 0;
};

} // namespace tributary::testing
