// HubSpot as a CRM that is asked for whole records: deals with the contacts and companies they are linked to. See remote.hpp.
#pragma once
#include "crm/remote.hpp"
#include "deal/clock.hpp"
#include "outside/hubspot_api.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

namespace tributary {

class HubspotRemote final : public CrmRemote {
  public:
    static constexpr std::size_t kDealsPerPage = 1'000;       // of list(): links are read for so many at a time
    static constexpr std::size_t kCallsAtOnce = 6;            // of one page's contacts and companies
    static constexpr std::int64_t kSearchOverlap_ms = 60'000; // a search finds a change some seconds late
    static constexpr std::size_t kRecentMax = 20'000;         // versions known from the last searches: they are not read again
    static constexpr std::size_t kPeopleKeptMax = 100'000;    // contacts and companies kept during a list

    // `api` outlives it. `stop`: asked to when the program ends.
    HubspotRemote(outside::HubspotApi& api, const Clock& clock, std::stop_token stop);

    CrmResult<std::vector<CrmRecord>> read(std::span<const std::string> ids) override;
    CrmResult<CrmPage> changed(const std::string& cursor, std::int64_t since_ms) override;
    CrmResult<CrmPage> list(const std::string& cursor) override;
    CrmResult<std::uint64_t> count() override;
    CrmResult<CrmCensusPage> census(const std::string& cursor) override;
    CrmResult<std::string> account() override;

  private:
    using Records = std::vector<outside::HubspotRecord>;
    using Texts = std::unordered_map<std::string, std::string>; // id -> the object as JSON
    // Contacts and companies that were read, kept while a list is read: many deals share them.
    struct People {
        Texts contacts, companies;
    };
    [[nodiscard]] outside::Called<std::vector<CrmRecord>> whole(const Records& deals, std::int64_t read_at, People& people);
    [[nodiscard]] outside::Called<void> read_people(outside::HubspotType type, const std::vector<outside::HubspotLinks>& links,
                                                    Texts& into);
    [[nodiscard]] outside::Called<std::vector<CrmRecord>> read_called(std::span<const std::string> ids);
    [[nodiscard]] outside::Called<CrmPage> list_called(const std::string& cursor);
    [[nodiscard]] outside::Called<CrmPage> changed_called(const std::string& cursor, std::int64_t since_ms);
    [[nodiscard]] Records not_recent(Records found);
    template <typename T>
    [[nodiscard]] CrmResult<T> as_result(outside::Called<T> called) const;

    outside::HubspotApi& api_;
    const Clock& clock_;
    const std::stop_token stop_;
    std::mutex list_mutex_; // of the next two
    std::string list_cursor_;
    People list_people_;
    std::unordered_map<std::string, std::int64_t> recent_; // deal -> version; changed() only
};

} // namespace tributary
