// Salesforce outbound messages: SOAP in, opportunities out, and the answers Salesforce understands. The sender is not
// trusted: no DOCTYPE, no entities, bounded size, depth and count, and nothing of the session it carries is kept.
// Pure; salesforce.cpp reads with it, the API room answers and stores with it.
#pragma once
#include "sources/source.hpp"

#include <string>
#include <string_view>

namespace tributary {

inline constexpr std::size_t kSoapBodyBytesMax = 5 * 1024 * 1024;
inline constexpr std::size_t kSoapNotificationsMax = 100; // as Salesforce documents
inline constexpr std::size_t kSoapDepthMax = 64;
inline constexpr std::size_t kSoapElementsMax = 60'000; // 100 notifications with some 600 fields each

// All or nothing: one unreadable notification refuses the whole message, because one Ack answers for all of them.
// Notifications of other objects than Opportunity are left out. ReadAll::soap is set, organization_id has 18 characters.
// Elements are matched by namespace and local name, whatever the prefixes; children without a namespace are let pass.
// Refuses with doctype_refused, unsupported_encoding, invalid_xml, too_deep, too_many_elements, not_an_outbound_message,
// missing_organization_id, too_many_notifications, missing_id.
[[nodiscard]] Result<ReadAll> read_outbound_message(const Arrival& arrival, std::string_view body);

// The message as it may be stored: the content of every SessionId element taken out, all else byte for byte.
[[nodiscard]] std::string without_session_id(std::string_view soap);

// The answers, with content type text/xml. Anything but Ack true makes Salesforce send the message again, for up to 24 hours.
[[nodiscard]] std::string soap_ack(bool accepted);
[[nodiscard]] std::string soap_fault(std::string_view message);

} // namespace tributary
