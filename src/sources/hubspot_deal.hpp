// One HubSpot deal, in any of the shapes HubSpot and its client libraries write it, as a draft. For hubspot.cpp.
#pragma once
#include "sources/source.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace tributary {

// A thin event of an app webhook names an object and at most one property: it is no deal.
[[nodiscard]] bool is_hubspot_event(const boost::json::object& record);

// The portal (account) the record says it comes from; empty when it does not say.
[[nodiscard]] std::string hubspot_portal(const boost::json::object& record);

// Shapes: CRM v3 {id, properties, createdAt, ...}; the Python client's to_dict {id, properties, created_at, ...};
// workflow {objectId, objectTypeId, portalId, properties}; legacy v1 {dealId, properties:{x:{value,timestamp}}}; and
// properties lying flat in the object; and what our own fetching writes: CRM v3 with `contacts` and `companies` inlined
// (docs/sources/hubspot.md). Every property is a string or null, "" means absent.
// Refuses a record with missing_id, invalid_id, not_a_deal, or other_account
// (not of the connected account whose rules it is read by).
[[nodiscard]] Result<Draft> hubspot_draft(const boost::json::object& record, const Arrival& arrival);

} // namespace tributary
