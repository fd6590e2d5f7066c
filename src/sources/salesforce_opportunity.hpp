// One Salesforce opportunity as a draft, from a JSON record or from the fields of an outbound message. For salesforce*.cpp.
#pragma once
#include "sources/source.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace tributary {

// Salesforce writes one id in 15 case-sensitive characters or in 18 that survive a change of case; the longer form is kept.
// Anything else (made-up ids of tests and middleware) comes back as it is, blanks cut.
[[nodiscard]] std::string salesforce_id18(std::string_view id);

// What came around the record; empty for JSON.
struct SalesforceMessage {
    std::string_view organization_id;
    std::string_view notification_id;
};

// `record` has Salesforce's field names in any case; `attributes` is ignored but for its type and the id in its url.
// A field that is absent, null or blank sets nothing. Refuses a record with missing_id, invalid_id, not_an_opportunity, or
// other_account (of another organisation than the connected account whose rules it is read by).
[[nodiscard]] Result<Draft> opportunity_draft(const boost::json::object& record, const Arrival& arrival,
                                              const SalesforceMessage& message = {});

} // namespace tributary
