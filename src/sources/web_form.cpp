// Web forms: contact and demo requests of strangers, with a value guessed from their company's size, their product interest
// and where they came from. Called only by all.cpp. A form sets only what a visitor may say: a stage, an owner or a
// probability in it is metadata.
#include "deal/money.hpp"
#include "sources/company_size.hpp"
#include "sources/field_names.hpp"
#include "sources/form_fields.hpp"
#include "sources/metadata_object.hpp"
#include "sources/touch.hpp"
#include "sources/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace tributary {
namespace {

constexpr std::string_view kHoneypotField = "website_url_confirm"; // hidden from people by the page's style; only programs fill it in
constexpr std::string_view kOtherHoneypot = "_gotcha";             // the name hosted form services use
constexpr std::string_view kStartedAtField = "_started_at";        // ms since 1970, written by the page when the form was shown
constexpr std::int64_t kFillTimeMsMin = 2'000;

enum class Slot : std::uint8_t {
    FirstName,
    LastName,
    FullName,
    Email,
    Company,
    Message,
    ProductInterest,
    CompanySize,
    Phone,
    Budget,
    Currency,
    TenantId,
    WorkspaceId,
    Secret,
};
constexpr std::size_t kSlotCount = 14;

struct SlotName {
    std::string_view folded;
    Slot slot;
};

constexpr SlotName kSlotNames[] = {
    {"firstname", Slot::FirstName},
    {"fname", Slot::FirstName},
    {"givenname", Slot::FirstName},
    {"lastname", Slot::LastName},
    {"lname", Slot::LastName},
    {"surname", Slot::LastName},
    {"familyname", Slot::LastName},
    {"name", Slot::FullName},
    {"fullname", Slot::FullName},
    {"contactname", Slot::FullName},
    {"yourname", Slot::FullName},
    {"email", Slot::Email},
    {"emailaddress", Slot::Email},
    {"workemail", Slot::Email},
    {"contactemail", Slot::Email},
    {"businessemail", Slot::Email},
    {"company", Slot::Company},
    {"companyname", Slot::Company},
    {"organization", Slot::Company},
    {"organisation", Slot::Company},
    {"account", Slot::Company},
    {"message", Slot::Message},
    {"comments", Slot::Message},
    {"description", Slot::Message},
    {"inquiry", Slot::Message},
    {"productinterest", Slot::ProductInterest},
    {"product", Slot::ProductInterest},
    {"interest", Slot::ProductInterest},
    {"companysize", Slot::CompanySize},
    {"employees", Slot::CompanySize},
    {"teamsize", Slot::CompanySize},
    {"numberofemployees", Slot::CompanySize},
    {"phone", Slot::Phone},
    {"phonenumber", Slot::Phone},
    {"telephone", Slot::Phone},
    {"contactphone", Slot::Phone},
    {"budget", Slot::Budget},
    {"value", Slot::Budget},
    {"amount", Slot::Budget},
    {"currency", Slot::Currency},
    {"tenantid", Slot::TenantId},
    {"workspaceid", Slot::WorkspaceId},
    {"formkey", Slot::Secret},
    {"apikey", Slot::Secret},
};

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos; }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_blank(text.substr(0, 1))) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.substr(text.size() - 1))) text.remove_suffix(1);
    return text;
}

// Can mail be sent there at all? One @, a dotted domain, no spaces or separators.
bool is_address(std::string_view text) {
    const std::size_t at = text.find('@');
    if (at == std::string_view::npos || at == 0 || at > 64 || text.size() > 254) return false;
    const std::string_view domain = text.substr(at + 1);
    const bool dotted = domain.find('.') != std::string_view::npos && domain.front() != '.' && domain.back() != '.' &&
                        domain.find("..") == std::string_view::npos;
    return dotted && domain.find('@') == std::string_view::npos && std::ranges::none_of(text, [](unsigned char c) {
               return c <= ' ' || c == 0x7F || c == ',' || c == ';' || c == '<' || c == '>' || c == '"';
           });
}

class WebFormReader {
  public:
    explicit WebFormReader(const Arrival& arrival) : arrival_(arrival) {
        draft().source = Source::WebForm;
        draft().reading = Reading::Written;
    }

    Result<ReadRow> read(FormFields&& form) {
        draft().warnings = std::move(form.warnings);
        for (const FormField& field : form.fields) take(field);
        touch_.complete(arrival_);
        take_email();
        take_names();
        take_budget();
        estimate();
        if (metadata_.too_many()) problem("form", "too_many_fields", "A form may have at most 256 fields.", {});
        if (!problems_.empty()) return std::unexpected(refusal());
        tell_metadata();
        return std::move(row_);
    }

  private:
    Draft& draft() { return *row_.draft; }
    std::string& slot(Slot which) { return slots_[static_cast<std::size_t>(which)]; }

    void problem(std::string_view field, std::string_view code, std::string message, std::string_view value) {
        problems_.push_back(field_refusal(field, code, std::move(message), value).details.front());
    }

    Refusal refusal() {
        Refusal all{.code = problems_.front().code, .message = problems_.front().message};
        if (problems_.size() > 1) {
            all.message = std::to_string(problems_.size()) + " fields of the form cannot be taken as they are.";
        }
        all.details = std::move(problems_);
        return all;
    }

    void take(const FormField& field) {
        if (field.name == kHoneypotField || field.name == kOtherHoneypot)
            return suspect(!is_blank(field.text) || !field.is_text, "honeypot");
        if (field.name == kStartedAtField) return suspect(too_fast(field.text), "too_fast");
        if (field.is_text && touch_.offer(field.name, field.text)) return;
        const std::string folded = folded_name(field.name);
        const auto known = std::ranges::find(kSlotNames, folded, &SlotName::folded);
        if (known == std::end(kSlotNames)) return metadata_.add_json(field.name, field.json);
        if (known->slot == Slot::Secret) return; // a key has no place in stored data
        if (!field.is_text) return problem(field.name, "wrong_type", "This field takes a text.", {});
        std::string& held = slot(known->slot);
        if (is_blank(held))
            held = field.text;
        else if (known->slot == Slot::ProductInterest)
            held += ", " + field.text; // several boxes ticked
        else if (!is_blank(field.text) && field.text != held)
            metadata_.add_json(field.name, field.json);
    }

    void suspect(bool so, std::string_view reason) {
        if (!so || draft().spam) return;
        draft().spam = true;
        draft().spam_reason = reason;
    }

    // A start in the future is a visitor's wrong clock, not haste.
    [[nodiscard]] bool too_fast(std::string_view text) const {
        std::int64_t started = 0;
        const auto end = std::from_chars(text.data(), text.data() + text.size(), started);
        const std::int64_t filled_ms = arrival_.received_at - started;
        return end.ec == std::errc{} && end.ptr == text.data() + text.size() && filled_ms >= 0 && filled_ms < kFillTimeMsMin;
    }

    void take_email() {
        const std::string_view address = trimmed(slot(Slot::Email));
        if (address.empty()) return problem("email", "missing_field", "The form needs an e-mail address.", {});
        if (!is_address(address)) return problem("email", "invalid_email", "This is not an e-mail address.", slot(Slot::Email));
        draft()[Field::ContactEmail] = address;
    }

    void take_names() {
        const std::string_view first = trimmed(slot(Slot::FirstName));
        const std::string_view last = trimmed(slot(Slot::LastName));
        std::string person(first);
        if (!first.empty() && !last.empty()) person += ' ';
        person += last;
        if (person.empty())
            person = trimmed(slot(Slot::FullName));
        else if (!is_blank(slot(Slot::FullName)))
            metadata_.add_text("name", slot(Slot::FullName));
        const std::string_view interest = trimmed(slot(Slot::ProductInterest));
        const std::string_view company = trimmed(slot(Slot::Company));
        std::string name(interest.empty() ? "Web inquiry" : interest);
        name += " - ";
        name += !company.empty() ? company : !person.empty() ? person : trimmed(slot(Slot::Email));
        draft()[Field::Name] = utf8_cut(name, field_bytes_max(Field::Name)); // made by us, so never too long
        offer(Field::ContactName, person);
        offer(Field::Company, slot(Slot::Company));
        offer(Field::ContactPhone, slot(Slot::Phone));
        offer(Field::Description, slot(Slot::Message));
        offer(Field::Currency, slot(Slot::Currency));
        row_.tenant_id = slot(Slot::TenantId);
        row_.workspace_id = slot(Slot::WorkspaceId);
    }

    void offer(Field field, std::string_view text) {
        if (!is_blank(text)) draft().offer(field, text);
    }

    // What a visitor writes as a budget is not worth losing the visitor for: unreadable, it is kept as metadata. "15.000"
    // means thousands: nobody has a budget of fifteen with three decimals.
    void take_budget() {
        const std::string& budget = slot(Slot::Budget);
        if (is_blank(budget)) return;
        const Currency currency = arrival_.rules != nullptr ? arrival_.rules->base_currency : Currency{};
        auto amount = parse_written_amount(trimmed(budget), currency);
        if (!amount && amount.error().code == "ambiguous_number") {
            draft().decimal_mark = ',';
            amount = parse_written_amount(trimmed(budget), currency, draft().decimal_mark);
        }
        if (amount) {
            draft()[Field::Value] = budget;
            return;
        }
        auto& warnings = draft().warnings;
        warnings.push_back({"budget", amount.error().code, "The budget was not understood and is kept as it was written.", {}});
        metadata_.add_text("budget", budget);
    }

    void estimate() {
        static const ReadingRules kNoRules;
        const auto guess = estimate_by_size(slot(Slot::CompanySize), arrival_.rules != nullptr ? *arrival_.rules : kNoRules);
        draft().company_size = guess.size;
        if (draft()[Field::Value]) return;
        draft().default_value_minor = guess.value_minor;
        draft().default_value_rule = "estimate.company_size";
    }

    void tell_metadata() {
        MetadataObject lead;
        lead.add_json("touch", touch_.json(arrival_.received_at));
        for (const auto& [key, which] : {std::pair{"product_interest", Slot::ProductInterest}, {"company_size", Slot::CompanySize}}) {
            if (is_blank(slot(which))) continue;
            metadata_.add_text(key, slot(which));
            lead.add_text(key, slot(which));
        }
        if (!is_blank(slot(Slot::Message))) lead.add_text("message", slot(Slot::Message));
        touch_.add_to(metadata_);
        draft().metadata = metadata_.take();
        draft().lead_metadata = lead.take();
    }

    const Arrival& arrival_;
    ReadRow row_;
    std::array<std::string, kSlotCount> slots_;
    Touch touch_;
    MetadataObject metadata_;
    std::vector<FieldProblem> problems_;
};

Result<ReadAll> read_web_form(const Arrival& arrival, std::string_view body) {
    auto form = read_form_fields(arrival.content_type, body);
    if (!form) return std::unexpected(std::move(form.error()));
    auto row = WebFormReader(arrival).read(std::move(*form));
    if (!row) return std::unexpected(std::move(row.error()));
    ReadAll all;
    all.rows.push_back(std::move(*row));
    return all;
}

} // namespace

SourceSpec web_form_source() {
    return {.source = Source::WebForm, .doors = {{.path = "/web-form", .kind = DoorKind::One, .read = read_web_form}}};
}

} // namespace tributary
