// A HubSpot account in memory behind a loopback server: deals, links, merges, as far as the port asks for them.
#pragma once
#include "deal/date.hpp"
#include "deal/json.hpp"
#include "loopback_server.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <set>

namespace tributary::outside {

struct PortalDeal {
    std::int64_t id = 0;
    std::int64_t modified_ms = 0;
    std::string merged_ids; // "801;802"
};

class SmallPortal {
  public:
    std::map<std::int64_t, PortalDeal> deals;
    std::map<std::int64_t, std::int64_t> survivors;      // dead id -> living one
    std::function<void(SmallPortal&, int)> after_search; // with the number of searches so far, to change things meanwhile
    bool says_who_was_merged = true;
    int searches = 0;

    Reply answer(const Asked& asked) {
        const std::lock_guard lock(*mutex_);
        if (asked.target.starts_with("/crm/v3/objects/deals/batch/read")) return batch(asked);
        if (asked.target.starts_with("/crm/v3/objects/deals/search")) return search(asked);
        if (asked.target.starts_with("/crm/v3/objects/deals?")) return list(asked);
        if (asked.target.starts_with("/crm/v3/objects/deals/")) return one(asked);
        return {.status = 404, .body = R"({"category":"OBJECT_NOT_FOUND"})"};
    }

    [[nodiscard]] boost::json::object shown(const PortalDeal& deal) const {
        const std::string id = std::to_string(deal.id);
        boost::json::object properties{{"hs_object_id", id}, {"hs_lastmodifieddate", instant_text(deal.modified_ms)}};
        if (says_who_was_merged && !deal.merged_ids.empty()) properties["hs_merged_object_ids"] = deal.merged_ids;
        return {{"id", id}, {"properties", properties}, {"updatedAt", instant_text(deal.modified_ms + 7)}, {"archived", false}};
    }

  private:
    [[nodiscard]] const PortalDeal* find(const std::string& id) const {
        const std::int64_t number = std::stoll(id);
        const auto moved = survivors.find(number);
        const auto found = deals.find(moved == survivors.end() ? number : moved->second);
        return found == deals.end() ? nullptr : &found->second;
    }

    static Reply said(boost::json::object body, int status = 200) { return {.status = status, .body = boost::json::serialize(body)}; }

    Reply one(const Asked& asked) const {
        const std::string rest = asked.target.substr(std::string("/crm/v3/objects/deals/").size());
        const PortalDeal* deal = find(rest.substr(0, rest.find('?')));
        return deal == nullptr ? Reply{.status = 404, .body = R"({"category":"OBJECT_NOT_FOUND"})"} : said(shown(*deal));
    }

    Reply batch(const Asked& asked) const {
        const auto body = parse_json(asked.body);
        boost::json::array results;
        boost::json::array gone;
        std::set<std::int64_t> shown_ids;
        for (const auto& input : body->at("inputs").as_array()) {
            const PortalDeal* deal = find(std::string(input.at("id").as_string()));
            if (deal == nullptr)
                gone.push_back(input.at("id"));
            else if (shown_ids.insert(deal->id).second)
                results.push_back(shown(*deal));
        }
        if (gone.empty()) return said({{"status", "COMPLETE"}, {"results", results}});
        return said({{"status", "COMPLETE"},
                     {"results", results},
                     {"numErrors", 1},
                     {"errors", boost::json::array{boost::json::object{{"category", "OBJECT_NOT_FOUND"},
                                                                       {"context", boost::json::object{{"ids", gone}}}}}}},
                    207);
    }

    Reply list(const Asked& asked) const {
        const std::size_t at = asked.target.find("&after=cursor%3D%3D");
        auto deal = at == std::string::npos ? deals.begin() : deals.lower_bound(std::stoll(asked.target.substr(at + 19)));
        const std::size_t limit = std::stoul(asked.target.substr(asked.target.find("limit=") + 6));
        boost::json::array results;
        for (; deal != deals.end() && results.size() < limit; ++deal) results.push_back(shown(deal->second));
        boost::json::object body{{"results", results}};
        if (deal != deals.end()) body["paging"] = {{"next", {{"after", "cursor==" + std::to_string(deal->first)}}}};
        return said(body);
    }

    static bool passes(const PortalDeal& deal, const boost::json::value& filter) {
        const std::int64_t wanted = std::stoll(std::string(filter.at("value").as_string()));
        const std::int64_t value = filter.at("propertyName").as_string() == "hs_object_id" ? deal.id : deal.modified_ms;
        const auto& comparison = filter.at("operator").as_string();
        return comparison == "GTE" ? value >= wanted : comparison == "GT" ? value > wanted : value == wanted;
    }

    Reply search(const Asked& asked) {
        const auto body = parse_json(asked.body);
        std::vector<const PortalDeal*> found;
        for (const auto& [id, deal] : deals) {
            bool fits = true;
            for (const auto& group : body->at("filterGroups").as_array())
                for (const auto& filter : group.at("filters").as_array()) fits = fits && passes(deal, filter);
            if (fits) found.push_back(&deal);
        }
        const auto& sorts = body->at("sorts").as_array();
        const bool by_id = sorts.empty() || sorts.at(0).at("propertyName").as_string() == "hs_object_id";
        std::ranges::sort(found, {},
                          [&](const PortalDeal* deal) { return std::pair(by_id ? 0 : deal->modified_ms, by_id ? deal->id : -deal->id); });
        const auto limit = static_cast<std::size_t>(body->at("limit").as_int64());
        boost::json::array results;
        for (std::size_t at = 0; at < std::min(limit, found.size()); ++at) results.push_back(shown(*found[at]));
        boost::json::object answer{{"total", found.size()}, {"results", results}};
        if (found.size() > limit) answer["paging"] = {{"next", {{"after", std::to_string(limit)}}}};
        const Reply reply = said(answer);
        ++searches;
        if (after_search) after_search(*this, searches);
        return reply;
    }

    std::shared_ptr<std::mutex> mutex_ = std::make_shared<std::mutex>(); // a portal may be handed on before it is asked
};

} // namespace tributary::outside
