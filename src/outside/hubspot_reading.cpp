#include "outside/hubspot_reading.hpp"

#include "deal/date.hpp"
#include "deal/json.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <unordered_map>

namespace tributary::outside {
namespace {

std::unexpected<CallFailure> garbled(std::string_view code, const HttpsAnswer& answer) {
    return std::unexpected(call_failure(FailureKind::Garbled, code, answer.status));
}

// What searches sort by, and what tells versions apart; updatedAt may differ from it by some milliseconds.
std::int64_t updated_ms_of(const boost::json::value& object) {
    if (const boost::json::value* properties = member(object, "properties"))
        for (const std::string_view name : {"hs_lastmodifieddate", "lastmodifieddate"})
            if (const std::string text = text_member(*properties, name); !text.empty())
                if (const auto at_ms = parse_instant(text)) return *at_ms;
    const auto at_ms = parse_instant(text_member(object, "updatedAt"));
    return at_ms ? *at_ms : 0;
}

HubspotRecord record_of(const boost::json::value& object, std::string_view json) {
    return {.id = text_member(object, "id"),
            .updated_ms = updated_ms_of(object),
            .archived = flag_member(object, "archived"),
            .json = std::string(json)};
}

struct Results {
    boost::json::value body;
    std::vector<std::string_view> raw; // of the answer's bytes
    [[nodiscard]] const boost::json::array& all() const { return array_member(body, "results"); }
};

Called<Results> results_of(const HttpsAnswer& answer) {
    auto body = read_answer(answer);
    if (!body) return std::unexpected(body.error());
    if (const boost::json::value* results = member(*body, "results"); results == nullptr || !results->is_array())
        return garbled("no_results", answer);
    Results results{.body = *std::move(body), .raw = raw_elements(answer.body, "results")};
    if (results.raw.size() != results.all().size()) return garbled("no_results", answer); // a key in escapes
    return results;
}

Called<std::vector<HubspotRecord>> records_of(const HttpsAnswer& answer, const Results& results) {
    std::vector<HubspotRecord> records;
    records.reserve(results.raw.size());
    for (std::size_t at = 0; at < results.raw.size(); ++at) {
        records.push_back(record_of(results.all()[at], results.raw[at]));
        if (records.back().id.empty()) return garbled("no_id", answer);
    }
    return records;
}

std::string next_of(const boost::json::value& of) {
    const boost::json::value* paging = member(of, "paging");
    const boost::json::value* next = paging == nullptr ? nullptr : member(*paging, "next");
    return next == nullptr ? std::string() : text_member(*next, "after");
}

int int_member(const boost::json::value& of, std::string_view name) {
    const std::string text = text_member(of, name);
    int number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

// The dead ids a survivor names: "801;802".
std::vector<std::string> merged_ids(const boost::json::value& object) {
    std::vector<std::string> ids;
    const boost::json::value* properties = member(object, "properties");
    const std::string text = properties == nullptr ? std::string() : text_member(*properties, "hs_merged_object_ids");
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(';', at), text.size());
        if (end > at) ids.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return ids;
}

HubspotStage stage_of(const boost::json::value& object) {
    HubspotStage stage{.id = text_member(object, "id"), .label = text_member(object, "label"), .order = int_member(object, "displayOrder")};
    stage.archived = flag_member(object, "archived");
    const boost::json::value* metadata = member(object, "metadata");
    if (metadata == nullptr) return stage;
    stage.probability = text_member(*metadata, "probability");
    double probability = -1;
    std::from_chars(stage.probability.data(), stage.probability.data() + stage.probability.size(), probability);
    const std::string closed = text_member(*metadata, "isClosed");
    // Where it is not told, only a certain end is one.
    stage.is_closed = closed.empty() ? probability == 0.0 || probability == 1.0 : closed == "true";
    stage.is_won = stage.is_closed && probability == 1.0;
    return stage;
}

// Some accounts have several of one order; then by id, so that it is the same each time.
constexpr auto by_order = [](const auto& one) { return std::pair(one.order, std::string_view(one.id)); };

constexpr std::string_view kPrimaryLabel = "Primary";

bool is_primary(const boost::json::value& link) {
    return std::ranges::any_of(array_member(link, "associationTypes"),
                               [](const boost::json::value& type) { return text_member(type, "label") == kPrimaryLabel; });
}

void add_link(HubspotLinks& links, const boost::json::value& link) {
    const std::string id = text_member(link, "toObjectId");
    if (id.empty()) return;
    const auto known = std::ranges::find(links.to, id, &HubspotLink::to_id); // a labelled link comes again without its label
    if (known == links.to.end())
        links.to.push_back({.to_id = id, .is_primary = is_primary(link)});
    else
        known->is_primary = known->is_primary || is_primary(link);
}

} // namespace

std::string_view hubspot_type_path(HubspotType type) {
    switch (type) {
    case HubspotType::Deal: return "deals";
    case HubspotType::Contact: return "contacts";
    case HubspotType::Company: return "companies";
    }
    return "deals";
}

Called<HubspotRecord> read_hubspot_record(const HttpsAnswer& answer) {
    const auto body = read_answer(answer);
    if (!body) return std::unexpected(body.error());
    HubspotRecord record = record_of(*body, answer.body);
    if (record.id.empty()) return garbled("no_id", answer);
    return record;
}

Called<HubspotPage> read_hubspot_page(const HttpsAnswer& answer) {
    const auto results = results_of(answer);
    if (!results) return std::unexpected(results.error());
    auto records = records_of(answer, *results);
    if (!records) return std::unexpected(records.error());
    HubspotPage page{.records = *std::move(records), .after = next_of(results->body)};
    const std::string total = text_member(results->body, "total");
    std::from_chars(total.data(), total.data() + total.size(), page.total);
    return page;
}

Called<HubspotBatchRead> read_hubspot_batch(const HttpsAnswer& answer, std::span<const std::string> asked) {
    const auto results = results_of(answer);
    if (!results) return std::unexpected(results.error());
    auto records = records_of(answer, *results);
    if (!records) return std::unexpected(records.error());

    std::set<std::string, std::less<>> open(asked.begin(), asked.end());
    HubspotBatchRead read;
    for (const HubspotRecord& record : *records) open.erase(record.id);
    std::size_t strangers = 0; // records nobody asked for, and that do not say whose place they took
    std::set<std::string, std::less<>> seen;
    for (std::size_t at = 0; at < records->size(); ++at) {
        HubspotRecord& record = (*records)[at];
        bool explained = std::ranges::find(asked, record.id) != asked.end();
        for (const std::string& dead : merged_ids(results->all()[at])) {
            if (open.erase(dead) == 0) continue;
            read.batch.merged.push_back({.asked_id = dead, .survivor_id = record.id});
            explained = true;
        }
        if (!explained) ++strangers;
        if (seen.insert(record.id).second) read.batch.records.push_back(std::move(record)); // two dead ids have one survivor
    }
    (strangers > 0 ? read.unclear : read.batch.missing).assign(open.begin(), open.end());
    return read;
}

Called<std::vector<std::pair<std::string, std::string>>> read_hubspot_links(const HttpsAnswer& answer, std::span<HubspotLinks> links) {
    const auto results = results_of(answer);
    if (!results) return std::unexpected(results.error());
    std::unordered_map<std::string_view, HubspotLinks*> by_id;
    for (HubspotLinks& one : links) by_id.emplace(one.from_id, &one);
    std::vector<std::pair<std::string, std::string>> more;
    for (const boost::json::value& result : results->all()) {
        const boost::json::value* from = member(result, "from");
        const auto found = by_id.find(from == nullptr ? std::string() : text_member(*from, "id"));
        if (found == by_id.end()) return garbled("unknown_from", answer);
        for (const boost::json::value& link : array_member(result, "to")) add_link(*found->second, link);
        if (std::string after = next_of(result); !after.empty()) more.emplace_back(found->second->from_id, std::move(after));
    }
    return more;
}

Called<std::vector<HubspotPipeline>> read_hubspot_pipelines(const HttpsAnswer& answer) {
    const auto results = results_of(answer);
    if (!results) return std::unexpected(results.error());
    std::vector<HubspotPipeline> pipelines;
    for (const boost::json::value& object : results->all()) {
        HubspotPipeline pipeline{.id = text_member(object, "id"), .label = text_member(object, "label")};
        if (pipeline.id.empty()) return garbled("no_id", answer);
        pipeline.order = int_member(object, "displayOrder");
        pipeline.archived = flag_member(object, "archived");
        for (const boost::json::value& stage : array_member(object, "stages")) pipeline.stages.push_back(stage_of(stage));
        std::ranges::sort(pipeline.stages, {}, by_order);
        pipelines.push_back(std::move(pipeline));
    }
    std::ranges::sort(pipelines, {}, by_order);
    return pipelines;
}

Called<std::string> read_hubspot_owners(const HttpsAnswer& answer, std::vector<HubspotOwner>& owners) {
    const auto results = results_of(answer);
    if (!results) return std::unexpected(results.error());
    for (const boost::json::value& object : results->all()) {
        HubspotOwner owner{.id = text_member(object, "id"), .email = text_member(object, "email")};
        if (owner.id.empty()) return garbled("no_id", answer);
        owner.first_name = text_member(object, "firstName");
        owner.last_name = text_member(object, "lastName");
        owner.archived = flag_member(object, "archived");
        owners.push_back(std::move(owner));
    }
    return next_of(results->body);
}

Called<HubspotAccount> read_hubspot_account(const HttpsAnswer& answer) {
    const auto body = read_answer(answer);
    if (!body) return std::unexpected(body.error());
    HubspotAccount account{.portal_id = text_member(*body, "portalId"), .time_zone = text_member(*body, "timeZone")};
    if (account.portal_id.empty()) return garbled("no_id", answer);
    account.currency = text_member(*body, "companyCurrency");
    for (const boost::json::value& currency : array_member(*body, "additionalCurrencies"))
        if (currency.is_string()) account.further_currencies.emplace_back(currency.get_string());
    return account;
}

} // namespace tributary::outside
