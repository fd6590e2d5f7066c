// Salesforce outbound messages; see salesforce_soap.hpp.
#include "sources/salesforce_soap.hpp"

#include "sources/reader_text.hpp"
#include "sources/salesforce_opportunity.hpp"
#include "sources/soap_gate.hpp"
#include "sources/utf8.hpp"

#include <boost/json/object.hpp>
#include <pugixml.hpp>

#include <algorithm>
#include <array>

namespace tributary {
namespace {

constexpr std::string_view kEnvelopeSpace = "http://schemas.xmlsoap.org/soap/envelope/";
constexpr std::string_view kOutboundSpace = "http://soap.sforce.com/2005/09/outbound";
constexpr std::string_view kSchemaInstanceSpace = "http://www.w3.org/2001/XMLSchema-instance";
constexpr std::array<std::string_view, 2> kObjectSpaces = {"urn:sobject.enterprise.soap.sforce.com", "urn:sobject.partner.soap.sforce.com"};
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct QualifiedName {
    std::string_view space; // the namespace; empty for none
    std::string_view local;
};

// What a prefix means where `node` stands; empty when nobody declared it.
std::string_view space_of_prefix(pugi::xml_node node, std::string_view prefix) {
    std::string declaration = "xmlns";
    if (!prefix.empty()) declaration.append(":").append(prefix);
    for (; !node.empty(); node = node.parent()) {
        if (const pugi::xml_attribute found = node.attribute(declaration.c_str())) return found.value();
    }
    return {};
}

QualifiedName resolve(pugi::xml_node node, std::string_view written) {
    const std::size_t colon = written.find(':');
    if (colon == std::string_view::npos) return {space_of_prefix(node, {}), written};
    return {space_of_prefix(node, written.substr(0, colon)), written.substr(colon + 1)};
}

bool is_named(pugi::xml_node node, std::string_view space, std::string_view local) {
    if (node.type() != pugi::node_element) return false;
    const QualifiedName name = resolve(node, node.name());
    return name.local == local && name.space == space;
}

pugi::xml_node child_named(pugi::xml_node parent, std::string_view space, std::string_view local) {
    for (const pugi::xml_node child : parent.children()) {
        if (is_named(child, space, local)) return child;
    }
    return {};
}

// Below <notifications> some toolkits write children without any namespace; a foreign namespace is another thing.
bool is_part(pugi::xml_node node, std::string_view local) { return is_named(node, kOutboundSpace, local) || is_named(node, {}, local); }

pugi::xml_node part_named(pugi::xml_node parent, std::string_view local) {
    for (const pugi::xml_node child : parent.children()) {
        if (is_part(child, local)) return child;
    }
    return {};
}

// Text and CDATA sections together.
std::string content_of(pugi::xml_node node) {
    std::string text;
    for (const pugi::xml_node part : node.children()) {
        if (part.type() == pugi::node_pcdata || part.type() == pugi::node_cdata) text += part.value();
    }
    return text;
}

std::string_view schema_attribute(pugi::xml_node node, std::string_view local) {
    for (const pugi::xml_attribute attribute : node.attributes()) {
        const std::string_view written = attribute.name();
        const std::size_t colon = written.find(':');
        if (colon == std::string_view::npos || written.substr(colon + 1) != local) continue;
        if (space_of_prefix(node, written.substr(0, colon)) == kSchemaInstanceSpace) return attribute.value();
    }
    return {};
}

bool is_nil(pugi::xml_node node) {
    const std::string_view nil = schema_attribute(node, "nil");
    return nil == "true" || nil == "1";
}

bool is_opportunity(pugi::xml_node object) {
    const std::string_view written = schema_attribute(object, "type");
    if (written.empty()) return true; // nothing else is said
    const QualifiedName type = resolve(object, written);
    const bool ours =
        type.space.empty() || type.space == kOutboundSpace || std::ranges::find(kObjectSpaces, type.space) != kObjectSpaces.end();
    return ours && type.local == "Opportunity";
}

// The fields of an sObject element by their Salesforce names. What is nil, blank or in a foreign namespace did not come.
Result<boost::json::object> fields_of(pugi::xml_node object) {
    boost::json::object fields;
    for (const pugi::xml_node child : object.children()) {
        if (child.type() != pugi::node_element || is_nil(child)) continue;
        const QualifiedName name = resolve(child, child.name());
        const bool ours =
            name.space.empty() || name.space == kOutboundSpace || std::ranges::find(kObjectSpaces, name.space) != kObjectSpaces.end();
        if (!ours || name.local == "fieldsToNull") continue;
        const std::string text = content_of(child);
        // A character reference can name what no UTF-8 text may hold.
        if (!is_utf8(text)) return refuse(Reason::Invalid, "invalid_xml", "A field of the message holds an impossible character.");
        if (!text.empty()) fields.emplace(boost::json::string_view(name.local.data(), name.local.size()), text);
    }
    return fields;
}

Result<void> read_notification(pugi::xml_node notification, const Arrival& arrival, ReadAll& read) {
    const pugi::xml_node object = part_named(notification, "sObject");
    if (object.empty()) return refuse(Reason::Invalid, "not_an_outbound_message", "A notification has no sObject.");
    if (!is_opportunity(object)) return {};
    const auto fields = fields_of(object);
    if (!fields) return std::unexpected(fields.error());
    const std::string notification_id = content_of(part_named(notification, "Id"));
    if (!is_utf8(notification_id)) return refuse(Reason::Invalid, "invalid_xml", "A notification's Id holds an impossible character.");
    auto draft =
        opportunity_draft(*fields, arrival, {.organization_id = read.organization_id, .notification_id = trimmed(notification_id)});
    if (!draft) return std::unexpected(std::move(draft.error()));
    read.rows.push_back({.row = static_cast<std::uint32_t>(read.rows.size()), .draft = std::move(draft)});
    return {};
}

Result<ReadAll> read_notifications(pugi::xml_node message, const Arrival& arrival) {
    ReadAll read{.soap = true};
    read.organization_id = salesforce_id18(content_of(part_named(message, "OrganizationId")));
    if (read.organization_id.empty()) {
        return refuse(Reason::Invalid, "missing_organization_id", "The message does not say which organisation it comes from.");
    }
    std::size_t count = 0;
    for (const pugi::xml_node child : message.children()) {
        if (!is_part(child, "Notification")) continue;
        if (++count > kSoapNotificationsMax) {
            return refuse(Reason::TooLarge, "too_many_notifications", "The message holds more than 100 notifications.");
        }
        if (auto taken = read_notification(child, arrival, read); !taken) return std::unexpected(std::move(taken.error()));
    }
    if (count == 0) return refuse(Reason::Invalid, "not_an_outbound_message", "The message holds no notification.");
    return read;
}

} // namespace

Result<ReadAll> read_outbound_message(const Arrival& arrival, std::string_view body) {
    if (body.size() > kSoapBodyBytesMax) return refuse(Reason::TooLarge, "body_too_large", "The message is larger than 5 MB.");
    if (body.starts_with(kByteOrderMark)) body.remove_prefix(kByteOrderMark.size());
    body = trimmed(body);
    if (auto checked = check_soap_text(body); !checked) return std::unexpected(std::move(checked.error()));
    pugi::xml_document document;
    const auto parsed = document.load_buffer(body.data(), body.size(), pugi::parse_default, pugi::encoding_utf8);
    if (!parsed)
        return refuse(Reason::Invalid, "invalid_xml", std::string("The message is not well-formed XML: ") + parsed.description() + ".");

    const pugi::xml_node envelope = document.document_element();
    const pugi::xml_node soap_body =
        is_named(envelope, kEnvelopeSpace, "Envelope") ? child_named(envelope, kEnvelopeSpace, "Body") : pugi::xml_node{};
    const pugi::xml_node message = child_named(soap_body, kOutboundSpace, "notifications");
    if (message.empty()) return refuse(Reason::Invalid, "not_an_outbound_message", "The body is not a Salesforce outbound message.");
    return read_notifications(message, arrival);
}

} // namespace tributary
