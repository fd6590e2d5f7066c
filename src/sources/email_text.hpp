// What a sales mail says, found in its plain text: who wrote it, what of it is theirs and what is quoted, their signature,
// their company, the amount they name. Rules, no model; every finding says which rule found it. Pure; for email.cpp.
#pragma once
#include "deal/money.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tributary {

// "Jane Doe <jane@acme.com>", "jane@acme.com (Jane Doe)", "jane@acme.com".
struct Mailbox {
    std::string name;    // empty when none is written
    std::string address; // ASCII letters lower-cased
};
[[nodiscard]] std::optional<Mailbox> parse_mailbox(std::string_view text); // nullopt when the address is none

// A subject in one line without "Re:", "Fwd:", "AW:", "WG:" and their like, and what those said.
struct Subject {
    std::string text;
    bool is_reply = false;
    bool is_forward = false;
};
[[nodiscard]] Subject read_subject(std::string_view subject);

struct ForwardedMail {
    Mailbox sender; // empty address when the forwarded header does not show one
    std::string text;
};

// A mail's own words, and those of the mail it passes on. What it quotes of earlier mails is in neither.
struct MailBody {
    std::string own;
    std::optional<ForwardedMail> forwarded;
};
[[nodiscard]] MailBody split_mail(std::string_view text, bool subject_is_forward);

[[nodiscard]] bool looks_like_html(std::string_view text);
[[nodiscard]] std::string html_to_text(std::string_view html); // quoted blocks as lines that begin with ">"

// The lines under "Best regards" or "-- ". Empty where it does not say.
struct Signature {
    std::string name;
    std::string company;
    std::string phone;
};
// `domain_label` ("acme-corp" of acme-corp.co.uk) confirms a bare line as the company's name; may be empty.
[[nodiscard]] Signature read_signature(std::string_view text, std::string_view domain_label);

// "acme-corp" of jane@mail.acme-corp.co.uk; empty for free-mail providers, public suffixes and addresses without a domain.
[[nodiscard]] std::string company_label(std::string_view address);
[[nodiscard]] bool is_free_mail(std::string_view registrable_domain); // "gmail.com", "yahoo.co.uk"
[[nodiscard]] std::string company_of_label(std::string_view label);   // "Acme Corp" of "acme-corp"

// "I work at Acme", "we are Prospect GmbH in Berlin", any "X Inc". Empty when the text names none.
[[nodiscard]] std::string company_in_text(std::string_view text);
[[nodiscard]] bool ends_with_legal_form(std::string_view name); // "Prospect GmbH"
[[nodiscard]] bool is_legal_form(std::string_view word);        // "GmbH"

struct AmountFound {
    std::string plain;                // decimal, major units: "80000", "1200000.5"
    std::optional<Currency> currency; // what the text names
    std::string written;              // as in the mail, one line
    std::string_view rule;            // "email.amount_in_context", "email.largest_amount", "email.budget_number"
};
// The amount in a budget, price or value context, else the largest sensible one; nullopt when there is none. Phone numbers,
// years, dates, percentages, unit prices and revenue figures are none.
[[nodiscard]] std::optional<AmountFound> find_amount(std::string_view subject, std::string_view text, Currency fallback);

} // namespace tributary
