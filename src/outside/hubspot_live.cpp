#include "outside/hubspot_live.hpp"

#include "deal/json.hpp"
#include "outside/hubspot_answers.hpp"
#include "outside/hubspot_reading.hpp"
#include "outside/url_text.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace tributary::outside {
namespace {

constexpr std::size_t kUrlBytesMax = 6'000; // HubSpot answers 414 to longer ones; then the properties go with a batch
constexpr int kOwnerPagesMax = 1'000;
constexpr int kLinkRoundsMax = 200;                                    // pages of one deal's links; 500 a page
constexpr std::size_t kAnswerBytesMax = std::size_t{64} * 1024 * 1024; // 200 records with long descriptions stay well below

std::vector<std::string> with_extra(HubspotType type, const std::vector<std::string>& extra) {
    std::vector<std::string> all = hubspot_properties(type);
    for (const std::string& property : extra)
        if (std::ranges::find(all, property) == all.end()) all.push_back(property);
    return all;
}

void append_texts(std::string& out, std::string_view key, std::span<const std::string> texts) {
    append_key(out, key);
    out += '[';
    for (std::size_t at = 0; at < texts.size(); ++at) {
        if (at > 0) out += ',';
        append_json_string(out, texts[at]);
    }
    out += ']';
}

void append_ids(std::string& out, std::span<const std::pair<std::string, std::string>> inputs) {
    append_key(out, "inputs");
    out += '[';
    for (std::size_t at = 0; at < inputs.size(); ++at) {
        out += at > 0 ? ",{" : "{";
        append_key(out, "id");
        append_json_string(out, inputs[at].first);
        if (!inputs[at].second.empty()) {
            append_key(out, "after");
            append_json_string(out, inputs[at].second);
        }
        out += '}';
    }
    out += ']';
}

std::vector<std::pair<std::string, std::string>> from_start(std::span<const std::string> ids) {
    std::vector<std::pair<std::string, std::string>> inputs;
    for (const std::string& id : ids) inputs.emplace_back(id, "");
    return inputs;
}

std::vector<std::string> each_once(std::span<const std::string> ids) {
    std::vector<std::string> once;
    std::set<std::string_view> seen;
    for (const std::string& id : ids)
        if (!id.empty() && seen.insert(id).second) once.push_back(id);
    return once;
}

void append_filter(std::string& out, std::string_view property, std::string_view comparison, std::string_view value) {
    out += out.ends_with('[') ? "{" : ",{";
    append_key(out, "propertyName");
    append_json_string(out, property);
    append_key(out, "operator");
    append_json_string(out, comparison);
    append_key(out, "value");
    append_json_string(out, value);
    out += '}';
}

std::string search_body(const HubspotSearchAsk& ask, std::span<const std::string> properties) {
    const std::string since = std::to_string(ask.modified_since_ms);
    std::string body = R"({"filterGroups":[{"filters":[)";
    append_filter(body, "hs_lastmodifieddate", ask.exactly_then ? "EQ" : "GTE", since);
    if (ask.exactly_then) append_filter(body, "hs_object_id", "GT", ask.id_above);
    body += R"(]}],"sorts":[{"propertyName":)";
    append_json_string(body, ask.exactly_then ? "hs_object_id" : "hs_lastmodifieddate");
    body += R"(,"direction":"ASCENDING"}])";
    append_texts(body, "properties", properties);
    body += ",\"limit\":" + std::to_string(std::clamp(ask.limit, 1, kHubspotSearchMax));
    append_key(body, "after");
    append_json_string(body, ask.after.empty() ? "0" : ask.after);
    return body + "}";
}

template <typename T>
Called<T> as(const Called<HttpsAnswer>& answer, Called<T> (*read)(const HttpsAnswer&)) {
    if (!answer) return std::unexpected(answer.error());
    return read(*answer);
}

class LiveHubspot final : public HubspotApi {
  public:
    LiveHubspot(HttpsClient& client, AccountPace& pace, TokenSource tokens, HubspotSettings settings)
        : settings_(std::move(settings)), line_(client, pace, std::move(tokens), hubspot_dialect(), settings_.line),
          deals_(with_extra(HubspotType::Deal, settings_.deal_properties)),
          contacts_(with_extra(HubspotType::Contact, settings_.contact_properties)),
          companies_(with_extra(HubspotType::Company, settings_.company_properties)) {}

    Called<HubspotPage> list_deals(const HubspotListAsk& ask, const std::stop_token& stop) override {
        std::string path = objects(HubspotType::Deal) + "?limit=" + std::to_string(std::clamp(ask.limit, 1, kHubspotListMax)) +
                           "&archived=" + (ask.archived ? "true" : "false");
        if (!ask.after.empty()) path += "&after=" + url_encoded(ask.after);
        if (ask.with_links) path += "&associations=contacts&associations=companies";
        std::string full = path;
        for (const std::string& property : deals_) full += "&properties=" + url_encoded(property);
        const bool fits = full.size() <= kUrlBytesMax;
        auto page = as(get(fits ? full : path + "&properties=hs_object_id", stop), read_hubspot_page);
        if (page && !fits) return filled(*std::move(page), ask, stop);
        return page;
    }

    Called<HubspotBatch> read_records(HubspotType type, std::span<const std::string> ids, const std::stop_token& stop) override {
        return read_all(type, ids, false, stop);
    }

    Called<HubspotBatch> read_archived(HubspotType type, std::span<const std::string> ids, const std::stop_token& stop) override {
        return read_all(type, ids, true, stop);
    }

    Called<HubspotRecord> read_record(HubspotType type, const std::string& id, const std::stop_token& stop) override {
        std::string path = objects(type) + "/" + url_encoded(id) + "?archived=false";
        std::string full = path;
        for (const std::string& property : properties(type)) full += "&properties=" + url_encoded(property);
        if (full.size() <= kUrlBytesMax) return as(get(full, stop), read_hubspot_record);
        auto bare = as(get(path, stop), read_hubspot_record);
        if (!bare) return bare;
        auto batch = read_records(type, std::span(&bare->id, 1), stop);
        if (!batch) return std::unexpected(batch.error());
        if (batch->records.empty()) return std::unexpected(call_failure(FailureKind::NotFound, "OBJECT_NOT_FOUND"));
        return std::move(batch->records.front());
    }

    Called<std::vector<HubspotLinks>> read_links(HubspotType to, std::span<const std::string> deal_ids,
                                                 const std::stop_token& stop) override {
        const std::vector<std::string> once = each_once(deal_ids);
        std::vector<HubspotLinks> links;
        for (const std::string& id : once) links.push_back({.from_id = id, .to = {}});
        const std::string path = "/crm/v4/associations/deals/" + std::string(hubspot_type_path(to)) + "/batch/read";
        for (std::size_t from = 0; from < once.size(); from += kHubspotLinksBatchMax) {
            const std::size_t count = std::min(kHubspotLinksBatchMax, once.size() - from);
            auto open = from_start(std::span(once).subspan(from, count));
            for (int round = 0; !open.empty(); ++round) {
                if (round == kLinkRoundsMax) return std::unexpected(call_failure(FailureKind::Garbled, "endless_links"));
                std::string body = "{";
                append_ids(body, open);
                const auto answer = post(path, body + "}", CallLane::Plain, stop);
                if (!answer) return std::unexpected(answer.error());
                auto more = read_hubspot_links(*answer, std::span(links).subspan(from, count));
                if (!more) return std::unexpected(more.error());
                open = *std::move(more);
            }
        }
        return links;
    }

    Called<HubspotPage> search_deals(const HubspotSearchAsk& ask, const std::stop_token& stop) override {
        if (!ask.after.empty() && (ask.after.size() > 5 || std::atoi(ask.after.c_str()) >= kHubspotSearchRowsMax))
            return std::unexpected(call_failure(FailureKind::Rejected, "search_too_deep"));
        return as(post(objects(HubspotType::Deal) + "/search", search_body(ask, deals_), CallLane::Search, stop), read_hubspot_page);
    }

    Called<std::int64_t> count_deals(const std::stop_token& stop) override {
        constexpr const char* kAnyOne = R"({"filterGroups":[],"sorts":[],"properties":["hs_object_id"],"limit":1,"after":"0"})";
        const auto page = as(post(objects(HubspotType::Deal) + "/search", kAnyOne, CallLane::Search, stop), read_hubspot_page);
        if (!page) return std::unexpected(page.error());
        if (page->total < 0) return std::unexpected(call_failure(FailureKind::Garbled, "no_total"));
        return page->total;
    }

    Called<std::vector<HubspotPipeline>> pipelines(const std::stop_token& stop) override {
        return as(get("/crm/v3/pipelines/deals", stop), read_hubspot_pipelines);
    }

    Called<std::vector<HubspotOwner>> owners(const std::stop_token& stop) override {
        std::vector<HubspotOwner> owners;
        for (const char* archived : {"false", "true"}) {
            std::string after;
            for (int page = 0; page < kOwnerPagesMax; ++page) {
                const std::string path = std::string("/crm/v3/owners?limit=100&archived=") + archived;
                const auto answer = get(after.empty() ? path : path + "&after=" + url_encoded(after), stop);
                if (!answer) return std::unexpected(answer.error());
                auto next = read_hubspot_owners(*answer, owners);
                if (!next) return std::unexpected(next.error());
                after = *std::move(next);
                if (after.empty()) break;
            }
        }
        return owners;
    }

    Called<HubspotAccount> account(const std::stop_token& stop) override {
        return as(get("/account-info/v3/details", stop), read_hubspot_account);
    }

  private:
    [[nodiscard]] std::string objects(HubspotType type) const {
        return (settings_.version == "v3" ? "/crm/v3/objects/" : "/crm/objects/" + settings_.version + "/") +
               std::string(hubspot_type_path(type));
    }
    [[nodiscard]] const std::vector<std::string>& properties(HubspotType type) const {
        return type == HubspotType::Deal ? deals_ : type == HubspotType::Contact ? contacts_ : companies_;
    }

    Called<HttpsAnswer> get(const std::string& path, const std::stop_token& stop) {
        const HttpsCall call{.url = settings_.url + path,
                             .headers = {{"Accept", "application/json"}},
                             .deadline_ms = settings_.deadline_ms,
                             .body_bytes_max = kAnswerBytesMax};
        return line_.ask(call, CallLane::Plain, stop);
    }
    Called<HttpsAnswer> post(const std::string& path, std::string body, CallLane lane, const std::stop_token& stop) {
        const HttpsCall call{.method = "POST",
                             .url = settings_.url + path,
                             .headers = {{"Accept", "application/json"}, {"Content-Type", "application/json"}},
                             .body = std::move(body),
                             .deadline_ms = settings_.deadline_ms,
                             .body_bytes_max = kAnswerBytesMax};
        return line_.ask(call, lane, stop);
    }

    Called<HubspotBatch> read_all(HubspotType type, std::span<const std::string> ids, bool archived, const std::stop_token& stop) {
        const std::vector<std::string> once = each_once(ids);
        HubspotBatch all;
        std::set<std::string, std::less<>> seen; // a survivor may come with several batches
        for (std::size_t from = 0; from < once.size(); from += kHubspotBatchMax) {
            auto batch = read_some(type, std::span(once).subspan(from, std::min(kHubspotBatchMax, once.size() - from)), archived, stop);
            if (!batch) return batch;
            for (HubspotRecord& record : batch->records)
                if (seen.insert(record.id).second) all.records.push_back(std::move(record));
            std::ranges::move(batch->missing, std::back_inserter(all.missing));
            std::ranges::move(batch->merged, std::back_inserter(all.merged));
        }
        return all;
    }

    Called<HubspotBatch> read_some(HubspotType type, std::span<const std::string> ids, bool archived, const std::stop_token& stop) {
        std::string body = "{";
        append_ids(body, from_start(ids));
        append_texts(body, "properties", properties(type));
        body += R"(,"propertiesWithHistory":[]})";
        const std::string path = objects(type) + "/batch/read?archived=" + (archived ? "true" : "false");
        const auto answer = post(path, std::move(body), CallLane::Plain, stop);
        if (!answer) return std::unexpected(answer.error());
        auto read = read_hubspot_batch(*answer, ids);
        if (!read) return std::unexpected(read.error());
        for (const std::string& id : read->unclear) { // at most a batch of them, and only after a merge
            const auto record = read_record(type, id, stop);
            if (!record && record.error().kind != FailureKind::NotFound) return std::unexpected(record.error());
            if (!record)
                read->batch.missing.push_back(id);
            else
                read->batch.merged.push_back({.asked_id = id, .survivor_id = record->id});
        }
        return std::move(read->batch);
    }

    // The page again with all properties, which were too many for an address. The cursor stays the list's; links inside a
    // record do not come with a batch, so who wants them reads them by themselves.
    Called<HubspotPage> filled(HubspotPage page, const HubspotListAsk& ask, const std::stop_token& stop) {
        std::vector<std::string> ids;
        for (const HubspotRecord& record : page.records) ids.push_back(record.id);
        auto batch = read_all(HubspotType::Deal, ids, ask.archived, stop);
        if (!batch) return std::unexpected(batch.error());
        page.records = std::move(batch->records);
        return page;
    }

    const HubspotSettings settings_;
    CallLine line_;
    const std::vector<std::string> deals_;
    const std::vector<std::string> contacts_;
    const std::vector<std::string> companies_;
};

} // namespace

const std::vector<std::string>& hubspot_properties(HubspotType type) {
    static const std::vector<std::string> kDeal{"dealname",
                                                "amount",
                                                "deal_currency_code",
                                                "amount_in_home_currency",
                                                "dealstage",
                                                "pipeline",
                                                "closedate",
                                                "createdate",
                                                "hs_lastmodifieddate",
                                                "hs_is_closed",
                                                "hs_is_closed_won",
                                                "hs_deal_stage_probability",
                                                "hs_forecast_probability",
                                                "hs_manual_forecast_category",
                                                "hubspot_owner_id",
                                                "dealtype",
                                                "description",
                                                "hs_object_id",
                                                "hs_merged_object_ids",
                                                "notes_last_updated",
                                                "hs_next_step",
                                                "hs_v2_date_entered_current_stage",
                                                "hs_exchange_rate"};
    static const std::vector<std::string> kContact{"email",
                                                   "firstname",
                                                   "lastname",
                                                   "company",
                                                   "phone",
                                                   "jobtitle",
                                                   "lifecyclestage",
                                                   "hs_lead_status",
                                                   "hs_object_id",
                                                   "lastmodifieddate",
                                                   "hs_merged_object_ids"};
    static const std::vector<std::string> kCompany{
        "name", "domain", "industry", "hs_object_id", "hs_lastmodifieddate", "hs_merged_object_ids"};
    return type == HubspotType::Deal ? kDeal : type == HubspotType::Contact ? kContact : kCompany;
}

std::unique_ptr<HubspotApi> live_hubspot(HttpsClient& client, AccountPace& pace, TokenSource tokens, HubspotSettings settings) {
    return std::make_unique<LiveHubspot>(client, pace, std::move(tokens), std::move(settings));
}

} // namespace tributary::outside
