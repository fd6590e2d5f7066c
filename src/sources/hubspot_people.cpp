// Who stands around a HubSpot deal: company, contact, lead; see hubspot_properties.hpp.
#include "deal/json.hpp"
#include "sources/crm_record.hpp"
#include "sources/hubspot_properties.hpp"
#include "sources/reader_text.hpp"
#include "sources/utf8.hpp"

#include <algorithm>
#include <optional>

namespace tributary {
namespace json = boost::json;
namespace {

constexpr std::size_t kAssociationsMax = 100;     // of one kind, read and kept in metadata
constexpr std::size_t kContactTextBytesMax = 200; // of a contact without an address, per text

const json::object* object_of(const json::value* value) { return value != nullptr ? value->if_object() : nullptr; }

const json::array* array_of(const json::value* value) { return value != nullptr ? value->if_array() : nullptr; }

// associations.<kind>.results of v3, and a plain associations.<kind> as some clients write it.
const json::array* associated(const json::object& record, std::string_view kind) {
    const json::object* associations = object_of(hubspot_member(record, "associations"));
    const json::value* list = associations != nullptr ? hubspot_member(*associations, kind) : nullptr;
    if (const json::object* wrapped = object_of(list)) return array_of(hubspot_member(*wrapped, "results"));
    return array_of(list);
}

// The objects that stand whole in the record, as our own fetching writes them ("contacts":[{id, properties, label}]).
std::vector<const json::object*> inlined(const json::object& record, std::string_view kind) {
    std::vector<const json::object*> found;
    const json::array* list = array_of(hubspot_member(record, kind));
    if (list == nullptr) return found;
    for (const json::value& each : *list) {
        if (const json::object* entry = each.if_object(); entry != nullptr && found.size() < kAssociationsMax) found.push_back(entry);
    }
    return found;
}

// Marked by "primary":true, or by a label or one of several labels "Primary".
bool is_primary(const json::object& entry) {
    if (truth_of(member_text(entry, "primary")) == true) return true;
    const auto says_primary = [](const json::value* label) { return starts_no_case(trimmed(text_of(label)), "primary"); };
    if (says_primary(hubspot_member(entry, "label"))) return true;
    const json::array* labels = array_of(hubspot_member(entry, "labels"));
    return labels != nullptr && std::ranges::any_of(*labels, [&](const json::value& label) { return says_primary(&label); });
}

std::string person_name(const HubspotProperties& from) {
    const std::string name = from.text("firstname") + " " + from.text("lastname");
    return std::string(trimmed(name));
}

// The first associated object of a v3 record that carries more than its id.
std::optional<HubspotProperties> embedded(const json::object& record, std::string_view kind) {
    const json::array* results = associated(record, kind);
    if (results == nullptr) return std::nullopt;
    for (const json::value& each : *results) {
        const json::object* entry = each.if_object();
        if (entry == nullptr) continue;
        const HubspotProperties found = hubspot_properties(*entry);
        if (!found.text({"name", "email", "firstname", "lastname"}).empty()) return found;
    }
    return std::nullopt;
}

// The primary company that has a name, else the first that has one.
void put_inlined_company(Draft& draft, const json::object& record) {
    const auto companies = inlined(record, "companies");
    for (const bool wanted_primary : {true, false}) {
        for (const json::object* company : companies) {
            if (!wanted_primary || is_primary(*company)) put_text(draft, Field::Company, hubspot_properties(*company).text("name"));
        }
    }
}

// The primary contact; where none is marked, the first that has an address, else the first.
const json::object* leading_contact(const std::vector<const json::object*>& contacts) {
    const auto has_email = [](const json::object* contact) { return !hubspot_properties(*contact).text("email").empty(); };
    auto found = std::ranges::find_if(contacts, [](const json::object* contact) { return is_primary(*contact); });
    if (found == contacts.end()) found = std::ranges::find_if(contacts, has_email);
    if (found == contacts.end()) found = contacts.begin();
    return found == contacts.end() ? nullptr : *found;
}

// What belongs to the lead and not to the deal.
std::string lead_metadata(const json::object& contact, const HubspotProperties& properties) {
    json::object lead;
    const auto keep = [&lead](std::string_view key, const std::string& text) {
        if (!text.empty()) lead.emplace(json::string_view(key.data(), key.size()), utf8_cut(text, kContactTextBytesMax));
    };
    keep("hubspot_contact_id", text_of(hubspot_member(contact, "id")));
    keep("hubspot_label", text_of(hubspot_member(contact, "label")));
    keep("lifecyclestage", properties.text("lifecyclestage"));
    keep("hs_lead_status", properties.text("hs_lead_status"));
    keep("jobtitle", properties.text("jobtitle"));
    std::string out;
    if (!lead.empty()) append_json(out, lead);
    return out;
}

void put_contact(Draft& draft, const HubspotProperties& contact) {
    put_text(draft, Field::ContactEmail, lower_ascii(trimmed(contact.text("email"))));
    put_text(draft, Field::ContactName, person_name(contact));
    put_text(draft, Field::ContactPhone, contact.text({"phone", "mobilephone"}));
    put_text(draft, Field::Company, contact.text("company"));
}

} // namespace

const json::value* hubspot_member(const json::object& record, std::string_view key) { return record.if_contains({key.data(), key.size()}); }

std::string HubspotProperties::text(std::string_view key) const {
    const json::value* value = hubspot_member(*all, key);
    if (const json::object* versioned = object_of(value)) return text_of(hubspot_member(*versioned, "value"));
    return text_of(value);
}

std::string HubspotProperties::text(std::initializer_list<std::string_view> keys) const {
    for (const std::string_view key : keys) {
        if (std::string found = text(key); !found.empty()) return found;
    }
    return {};
}

HubspotProperties hubspot_properties(const json::object& record) {
    const json::object* nested = object_of(hubspot_member(record, "properties"));
    return {nested != nullptr ? nested : &record};
}

void put_hubspot_people(Draft& draft, const json::object& record, const HubspotProperties& properties) {
    put_inlined_company(draft, record);
    if (const auto company = embedded(record, "companies")) put_text(draft, Field::Company, company->text("name"));
    put_text(draft, Field::Company, properties.text({"company_name", "associated_company_name", "company"}));
    const std::string associated_company = properties.text("associatedcompany");
    if (!std::ranges::all_of(associated_company, is_digit)) put_text(draft, Field::Company, associated_company); // digits are its id
    if (const json::object* contact = leading_contact(inlined(record, "contacts"))) {
        const HubspotProperties person = hubspot_properties(*contact);
        put_contact(draft, person);
        if (!person.text("email").empty()) draft.lead_metadata = lead_metadata(*contact, person);
        return; // the record says who its contact is: texts of others are not mixed in
    }
    if (const auto contact = embedded(record, "contacts")) put_contact(draft, *contact);
    put_text(draft, Field::ContactEmail, lower_ascii(trimmed(properties.text({"contact_email", "email"}))));
    put_text(draft, Field::ContactName, properties.text("contact_name"));
    put_text(draft, Field::ContactName, person_name(properties));
    put_text(draft, Field::ContactPhone, properties.text({"contact_phone", "phone"}));
}

// v3 lists a company twice, labelled and unlabelled.
json::array hubspot_association_ids(const json::object& record, std::string_view kind, std::string_view legacy) {
    json::array ids;
    const auto add = [&ids](const json::value* value) {
        const std::string id = text_of(value);
        const bool known = std::ranges::any_of(ids, [&id](const json::value& each) { return each.as_string() == id; });
        if (!id.empty() && !known && ids.size() < kAssociationsMax) ids.emplace_back(id);
    };
    if (const json::array* results = associated(record, kind)) {
        for (const json::value& each : *results) {
            const json::object* entry = each.if_object();
            add(entry != nullptr ? hubspot_member(*entry, "id") : &each);
        }
    }
    for (const json::object* entry : inlined(record, kind)) add(hubspot_member(*entry, "id"));
    const json::object* associations = object_of(hubspot_member(record, "associations"));
    if (const json::array* plain = associations != nullptr ? array_of(hubspot_member(*associations, legacy)) : nullptr) {
        for (const json::value& each : *plain) add(&each);
    }
    return ids;
}

json::array hubspot_contacts_without_email(const json::object& record) {
    json::array kept;
    for (const json::object* contact : inlined(record, "contacts")) {
        const HubspotProperties properties = hubspot_properties(*contact);
        if (!properties.text("email").empty()) continue;
        json::object person;
        const auto keep = [&person](std::string_view key, const std::string& text) {
            if (!text.empty()) person.emplace(json::string_view(key.data(), key.size()), utf8_cut(text, kContactTextBytesMax));
        };
        keep("id", text_of(hubspot_member(*contact, "id")));
        keep("name", person_name(properties));
        keep("phone", properties.text({"phone", "mobilephone"}));
        keep("label", text_of(hubspot_member(*contact, "label")));
        if (!person.empty()) kept.push_back(std::move(person));
    }
    return kept;
}

} // namespace tributary
