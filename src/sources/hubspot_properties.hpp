// How HubSpot's records carry their properties, for the files of this folder that read them.
#pragma once
#include "sources/source.hpp"

#include <boost/json/object.hpp>

#include <initializer_list>
#include <string>
#include <string_view>

namespace tributary {

[[nodiscard]] const boost::json::value* hubspot_member(const boost::json::object& record, std::string_view key);

// The record's properties wherever its shape keeps them.
struct HubspotProperties {
    const boost::json::object* all;

    // "19090" of "19090" and of the legacy {"value":"19090","timestamp":...}; empty when absent.
    [[nodiscard]] std::string text(std::string_view key) const;
    // The first of several names that says something.
    [[nodiscard]] std::string text(std::initializer_list<std::string_view> keys) const;
};
[[nodiscard]] HubspotProperties hubspot_properties(const boost::json::object& record); // nested or flat; `record` must outlive it

// Company, contact and what is known of the lead, from the record's inlined `companies` and `contacts`, its embedded associations and its
// own properties.
void put_hubspot_people(Draft& draft, const boost::json::object& record, const HubspotProperties& properties);

// Ids under associations.<kind> of every shape and of the inlined list of that name, each once.
[[nodiscard]] boost::json::array hubspot_association_ids(const boost::json::object& record, std::string_view kind, std::string_view legacy);
// Inlined contacts without an address: they make no lead, so they are kept here.
[[nodiscard]] boost::json::array hubspot_contacts_without_email(const boost::json::object& record);

} // namespace tributary
