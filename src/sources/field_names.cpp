#include "sources/field_names.hpp"

#include <algorithm>
#include <span>
#include <vector>

namespace tributary {
namespace {

struct Entry {
    std::string_view folded;
    NamedPlace named;
};

constexpr Entry entry(std::string_view folded, Field field, int rank) { return {folded, {Place::DealField, field, rank}}; }
constexpr Entry entry(std::string_view folded, Place place, int rank = 0) { return {folded, {place, Field::Name, rank}}; }

// Names in JSON. Plain "id" and "status" are left alone on purpose: the one is the sender's own key, the other rarely a stage.
constexpr Entry kJsonNames[] = {
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
constexpr Entry kHeaderNames[] = {
    entry("dealname", Field::Name, 0),
    entry("name", Field::Name, 1),
    entry("opportunityname", Field::Name, 1),
    entry("dealtitle", Field::Name, 1),
    entry("opportunitytitle", Field::Name, 1),
    entry("opportunity", Field::Name, 2),
    entry("title", Field::Name, 2),
    entry("deal", Field::Name, 2),
    entry("company", Field::Company, 0),
    entry("account", Field::Company, 1),
    entry("companyname", Field::Company, 1),
    entry("accountname", Field::Company, 1),
    entry("organization", Field::Company, 1),
    entry("organisation", Field::Company, 1),
    entry("organizationname", Field::Company, 1),
    entry("dealorganization", Field::Company, 1),
    entry("associatedcompany", Field::Company, 1),
    entry("customer", Field::Company, 2),
    entry("customername", Field::Company, 2),
    entry("value", Field::Value, 0),
    entry("amount", Field::Value, 1),
    entry("dealvalue", Field::Value, 1),
    entry("dealamount", Field::Value, 1),
    entry("opportunityamount", Field::Value, 1),
    entry("opportunityvalue", Field::Value, 1),
    entry("closevalue", Field::Value, 2),
    entry("currency", Field::Currency, 0),
    entry("currencycode", Field::Currency, 1),
    entry("currencyisocode", Field::Currency, 1),
    entry("dealcurrency", Field::Currency, 1),
    entry("dealcurrencycode", Field::Currency, 1),
    entry("dealcurrencyofvalue", Field::Currency, 1),
    entry("opportunitycurrency", Field::Currency, 1),
    entry("amountcurrency", Field::Currency, 1),
    entry("stage", Field::Stage, 0),
    entry("stagename", Field::Stage, 1),
    entry("dealstage", Field::Stage, 1),
    entry("opportunitystage", Field::Stage, 1),
    entry("salesstage", Field::Stage, 1),
    entry("probability", Field::Probability, 0),
    entry("dealprobability", Field::Probability, 1),
    entry("winprobability", Field::Probability, 1),
    entry("expectedclosedate", Field::ExpectedCloseDate, 0),
    entry("closedate", Field::ExpectedCloseDate, 1),
    entry("closingdate", Field::ExpectedCloseDate, 1),
    entry("expectedclose", Field::ExpectedCloseDate, 1),
    entry("dealexpectedclosedate", Field::ExpectedCloseDate, 1),
    entry("dealclosedate", Field::ExpectedCloseDate, 1),
    entry("estimatedclosedate", Field::ExpectedCloseDate, 1),
    entry("contactemail", Field::ContactEmail, 0),
    entry("email", Field::ContactEmail, 1),
    entry("emailaddress", Field::ContactEmail, 1),
    entry("contactemailaddress", Field::ContactEmail, 1),
    entry("contactname", Field::ContactName, 0),
    entry("contact", Field::ContactName, 1),
    entry("contactperson", Field::ContactName, 1),
    entry("dealcontactperson", Field::ContactName, 1),
    entry("primarycontact", Field::ContactName, 1),
    entry("associatedcontact", Field::ContactName, 1),
    entry("contactphone", Field::ContactPhone, 0),
    entry("phone", Field::ContactPhone, 1),
    entry("phonenumber", Field::ContactPhone, 1),
    entry("contactphonenumber", Field::ContactPhone, 1),
    entry("description", Field::Description, 0),
    entry("dealdescription", Field::Description, 1),
    entry("opportunitydescription", Field::Description, 1),
    entry("notes", Field::Description, 2),
    entry("owner", Field::Owner, 0),
    entry("ownername", Field::Owner, 1),
    entry("dealowner", Field::Owner, 1),
    entry("opportunityowner", Field::Owner, 1),
    entry("salesagent", Field::Owner, 1),
    entry("salesrep", Field::Owner, 1),
    entry("lostreason", Field::LostReason, 0),
    entry("lossreason", Field::LostReason, 1),
    entry("deallostreason", Field::LostReason, 1),
    entry("closedlostreason", Field::LostReason, 1),
    entry("reasonforloss", Field::LostReason, 1),
    entry("createdat", Field::CreatedAt, 0),
    entry("createddate", Field::CreatedAt, 1),
    entry("createdate", Field::CreatedAt, 1),
    entry("createdtime", Field::CreatedAt, 1),
    entry("dealcreated", Field::CreatedAt, 1),
    entry("dealdealcreated", Field::CreatedAt, 1),
    entry("stageenteredat", Field::StageEnteredAt, 0),
    entry("laststagechangedate", Field::StageEnteredAt, 1),
    entry("closedat", Field::ClosedAt, 0),
    entry("externalid", Place::ExternalId, 0),
    entry("opportunityid", Place::ExternalId, 1),
    entry("dealid", Place::ExternalId, 1),
    entry("recordid", Place::ExternalId, 1),
    entry("extid", Place::ExternalId, 1),
    entry("id", Place::ExternalId, 2),
    entry("tenantid", Place::TenantId),
    entry("workspaceid", Place::WorkspaceId),
};

struct Sorted {
    explicit Sorted(std::span<const Entry> from) : entries(from.begin(), from.end()) { std::ranges::sort(entries, {}, &Entry::folded); }

    [[nodiscard]] std::optional<NamedPlace> find(std::string_view folded) const {
        const auto at = std::ranges::lower_bound(entries, folded, {}, &Entry::folded);
        if (at == entries.end() || at->folded != folded) return std::nullopt;
        return at->named;
    }

    std::vector<Entry> entries;
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

} // namespace tributary
