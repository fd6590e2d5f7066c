#include "sources/field_names.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace tributary {
namespace {

constexpr NamedWords entry(std::string_view words, Field field, int rank) { return {words, {Place::DealField, field, rank}}; }
constexpr NamedWords entry(std::string_view words, Place place, int rank = 0) { return {words, {place, Field::Name, rank}}; }

// Names in JSON. Plain "id" and "status" are left alone on purpose: the one is the sender's own key, the other rarely a stage.
constexpr NamedWords kJsonNames[] = {
    entry("name", Field::Name, 0),
    entry("dealname", Field::Name, 1),
    entry("opportunityname", Field::Name, 2),
    entry("title", Field::Name, 3),
    entry("company", Field::Company, 0),
    entry("companyname", Field::Company, 1),
    entry("account", Field::Company, 2),
    entry("accountname", Field::Company, 3),
    entry("organization", Field::Company, 4),
    entry("organisation", Field::Company, 5),
    entry("value", Field::Value, 0),
    entry("amount", Field::Value, 1),
    entry("dealvalue", Field::Value, 2),
    entry("dealamount", Field::Value, 3),
    entry("currency", Field::Currency, 0),
    entry("currencycode", Field::Currency, 1),
    entry("currencyisocode", Field::Currency, 2),
    entry("stage", Field::Stage, 0),
    entry("stagename", Field::Stage, 1),
    entry("dealstage", Field::Stage, 2),
    entry("probability", Field::Probability, 0),
    entry("winprobability", Field::Probability, 1),
    entry("expectedclosedate", Field::ExpectedCloseDate, 0),
    entry("closedate", Field::ExpectedCloseDate, 1),
    entry("closingdate", Field::ExpectedCloseDate, 2),
    entry("expectedclose", Field::ExpectedCloseDate, 3),
    entry("contactemail", Field::ContactEmail, 0),
    entry("email", Field::ContactEmail, 1),
    entry("contactname", Field::ContactName, 0),
    entry("contact", Field::ContactName, 1),
    entry("contactphone", Field::ContactPhone, 0),
    entry("phone", Field::ContactPhone, 1),
    entry("description", Field::Description, 0),
    entry("notes", Field::Description, 1),
    entry("message", Field::Description, 2),
    entry("owner", Field::Owner, 0),
    entry("ownername", Field::Owner, 1),
    entry("dealowner", Field::Owner, 2),
    entry("salesagent", Field::Owner, 3),
    entry("lostreason", Field::LostReason, 0),
    entry("createdat", Field::CreatedAt, 0),
    entry("createddate", Field::CreatedAt, 1),
    entry("stageenteredat", Field::StageEnteredAt, 0),
    entry("closedat", Field::ClosedAt, 0),
    entry("externalid", Place::ExternalId, 0),
    entry("extid", Place::ExternalId, 1),
    entry("externalids", Place::ExternalIds),
    entry("sourcemetadata", Place::Metadata, 1),
    entry("metadata", Place::Metadata, 0),
    entry("eventtime", Place::EventTime, 0),
    entry("occurredat", Place::EventTime, 1),
    entry("tenantid", Place::TenantId),
    entry("workspaceid", Place::WorkspaceId),
    entry("deal", Place::Wrapper),
};

// Headers of files: the specification's, ours, and those of HubSpot, Salesforce (reports and API names), Pipedrive
// ("Deal - Title") and Zoho exports. Rank 0 is the specification's own word; a lone "ID" is trusted least.
constexpr NamedWords kHeaderNames[] = {
    entry("deal name", Field::Name, 0),
    entry("name", Field::Name, 1),
    entry("opportunity name", Field::Name, 1),
    entry("deal title", Field::Name, 1),
    entry("opportunity title", Field::Name, 1),
    entry("opportunity", Field::Name, 2),
    entry("title", Field::Name, 2),
    entry("deal", Field::Name, 2),
    entry("company", Field::Company, 0),
    entry("account", Field::Company, 1),
    entry("company name", Field::Company, 1),
    entry("account name", Field::Company, 1),
    entry("organization", Field::Company, 1),
    entry("organisation", Field::Company, 1),
    entry("organization name", Field::Company, 1),
    entry("deal organization", Field::Company, 1),
    entry("associated company", Field::Company, 1),
    entry("customer", Field::Company, 2),
    entry("customer name", Field::Company, 2),
    entry("value", Field::Value, 0),
    entry("amount", Field::Value, 1),
    entry("deal value", Field::Value, 1),
    entry("deal amount", Field::Value, 1),
    entry("opportunity amount", Field::Value, 1),
    entry("opportunity value", Field::Value, 1),
    entry("close value", Field::Value, 2),
    entry("currency", Field::Currency, 0),
    entry("currency code", Field::Currency, 1),
    entry("currency iso code", Field::Currency, 1),
    entry("deal currency", Field::Currency, 1),
    entry("deal currency code", Field::Currency, 1),
    entry("deal currency of value", Field::Currency, 1),
    entry("opportunity currency", Field::Currency, 1),
    entry("amount currency", Field::Currency, 1),
    entry("stage", Field::Stage, 0),
    entry("stage name", Field::Stage, 1),
    entry("deal stage", Field::Stage, 1),
    entry("opportunity stage", Field::Stage, 1),
    entry("sales stage", Field::Stage, 1),
    entry("probability", Field::Probability, 0),
    entry("deal probability", Field::Probability, 1),
    entry("win probability", Field::Probability, 1),
    entry("expected close date", Field::ExpectedCloseDate, 0),
    entry("close date", Field::ExpectedCloseDate, 1),
    entry("closing date", Field::ExpectedCloseDate, 1),
    entry("expected close", Field::ExpectedCloseDate, 1),
    entry("deal expected close date", Field::ExpectedCloseDate, 1),
    entry("deal close date", Field::ExpectedCloseDate, 1),
    entry("estimated close date", Field::ExpectedCloseDate, 1),
    entry("contact email", Field::ContactEmail, 0),
    entry("email", Field::ContactEmail, 1),
    entry("email address", Field::ContactEmail, 1),
    entry("contact email address", Field::ContactEmail, 1),
    entry("contact name", Field::ContactName, 0),
    entry("contact", Field::ContactName, 1),
    entry("contact person", Field::ContactName, 1),
    entry("deal contact person", Field::ContactName, 1),
    entry("primary contact", Field::ContactName, 1),
    entry("associated contact", Field::ContactName, 1),
    entry("contact phone", Field::ContactPhone, 0),
    entry("phone", Field::ContactPhone, 1),
    entry("phone number", Field::ContactPhone, 1),
    entry("contact phone number", Field::ContactPhone, 1),
    entry("description", Field::Description, 0),
    entry("deal description", Field::Description, 1),
    entry("opportunity description", Field::Description, 1),
    entry("notes", Field::Description, 2),
    entry("owner", Field::Owner, 0),
    entry("owner name", Field::Owner, 1),
    entry("deal owner", Field::Owner, 1),
    entry("opportunity owner", Field::Owner, 1),
    entry("sales agent", Field::Owner, 1),
    entry("sales rep", Field::Owner, 1),
    entry("lost reason", Field::LostReason, 0),
    entry("loss reason", Field::LostReason, 1),
    entry("deal lost reason", Field::LostReason, 1),
    entry("closed lost reason", Field::LostReason, 1),
    entry("reason for loss", Field::LostReason, 1),
    entry("created at", Field::CreatedAt, 0),
    entry("created date", Field::CreatedAt, 1),
    entry("create date", Field::CreatedAt, 1),
    entry("created time", Field::CreatedAt, 1),
    entry("deal created", Field::CreatedAt, 1),
    entry("deal deal created", Field::CreatedAt, 1),
    entry("stage entered at", Field::StageEnteredAt, 0),
    entry("last stage change date", Field::StageEnteredAt, 1),
    entry("closed at", Field::ClosedAt, 0),
    entry("external id", Place::ExternalId, 0),
    entry("opportunity id", Place::ExternalId, 1),
    entry("deal id", Place::ExternalId, 1),
    entry("record id", Place::ExternalId, 1),
    entry("ext id", Place::ExternalId, 1),
    entry("id", Place::ExternalId, 2),
    entry("tenant id", Place::TenantId),
    entry("workspace id", Place::WorkspaceId),
};

struct Sorted {
    explicit Sorted(std::span<const NamedWords> from) {
        for (const NamedWords& each : from) entries.emplace_back(folded_name(each.words), each.place);
        std::ranges::sort(entries, {}, &Folded::first);
    }

    [[nodiscard]] std::optional<NamedPlace> find(std::string_view folded) const {
        const auto at = std::ranges::lower_bound(entries, folded, {}, &Folded::first);
        if (at == entries.end() || at->first != folded) return std::nullopt;
        return at->second;
    }

    using Folded = std::pair<std::string, NamedPlace>;
    std::vector<Folded> entries;
};

} // namespace

std::string folded_name(std::string_view name) {
    std::string out;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        const bool upper = c >= 'A' && c <= 'Z';
        const bool kept = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || byte >= 0x80;
        if (kept) out.push_back(upper ? static_cast<char>(c - 'A' + 'a') : c);
    }
    return out;
}

std::optional<NamedPlace> json_place(std::string_view key) {
    static const Sorted names(kJsonNames);
    return names.find(folded_name(key));
}

std::optional<NamedPlace> header_place(std::string_view header) {
    static const Sorted names(kHeaderNames);
    return names.find(folded_name(header));
}

std::span<const NamedWords> header_names() { return kHeaderNames; }

} // namespace tributary
