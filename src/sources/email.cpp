// The e-mail door: a mail posted as JSON becomes a deal with the sender as its contact. What the mail says is data and
// nothing else: text is searched by fixed rules (email_text.hpp), never obeyed. docs/sources/email.md has the members.
#include "deal/json.hpp"
#include "sources/draft_fill.hpp"
#include "sources/email_headers.hpp"
#include "sources/email_text.hpp"
#include "sources/reader_text.hpp"
#include "sources/source.hpp"
#include "sources/utf8.hpp"

#include <algorithm>
#include <array>

namespace tributary {
namespace {

namespace json = boost::json;

constexpr std::size_t kBodyBytesMax = 1024 * 1024;
constexpr std::size_t kExternalIdBytesMax = 200;
constexpr std::int64_t kDefaultMajor = 15'000; // specification: e-mail leads default to 15,000

Result<json::object> parse_mail(std::string_view body) {
    if (trimmed(body).empty()) return refuse(Reason::Invalid, "empty_body", "The body is empty; send the mail as a JSON object.");
    auto mail = parse_json(body);
    if (!mail) return std::unexpected(std::move(mail.error()));
    if (!mail->is_object()) return refuse(Reason::Invalid, "not_an_object", "The body must be a JSON object.");
    return std::move(mail->as_object());
}

// The text under the first of several names; a member that is no text refuses the mail.
Result<std::string> mail_text(const json::object& mail, std::span<const std::string_view> names) {
    for (const std::string_view name : names) {
        const json::value* value = mail.if_contains({name.data(), name.size()});
        if (value == nullptr || value->is_null()) continue;
        if (!is_scalar(*value)) return std::unexpected(field_refusal(name, "wrong_type", "This must be a text."));
        if (std::string text = scalar_text(*value); !trimmed(text).empty()) return text;
    }
    return std::string{};
}

constexpr std::array<std::string_view, 3> kSenderNames = {"sender", "from", "from_email"};

// "a@b", "Name <a@b>", {"email","name"} or {"address","name"}.
Result<Mailbox> read_sender(const json::object& mail) {
    for (const std::string_view name : kSenderNames) {
        const json::value* value = mail.if_contains({name.data(), name.size()});
        const json::object* parts = value != nullptr ? value->if_object() : nullptr;
        if (parts == nullptr) continue;
        const auto address = mail_text(*parts, std::array<std::string_view, 2>{"email", "address"});
        const auto shown = mail_text(*parts, std::array<std::string_view, 1>{"name"});
        auto mailbox = parse_mailbox(address.value_or(""));
        if (!mailbox)
            return std::unexpected(field_refusal(name, "invalid_email", "The sender must be an e-mail address.", address.value_or("")));
        if (shown && !shown->empty()) mailbox->name = one_line(*shown);
        return *mailbox;
    }
    const auto text = mail_text(mail, kSenderNames);
    if (!text) return std::unexpected(text.error());
    if (text->empty()) return std::unexpected(field_refusal("sender", "missing_field", "A mail needs its sender's address."));
    auto mailbox = parse_mailbox(*text);
    if (!mailbox) return std::unexpected(field_refusal("sender", "invalid_email", "The sender must be an e-mail address.", *text));
    return *mailbox;
}

// A mail as posted, taken apart.
struct Mail {
    json::object members;
    MailHeaders headers;
    Mailbox sender;         // who posted it to us
    Mailbox contact;        // who wrote it: the sender, or the sender of the mail a colleague passed on
    std::string shown_name; // sender_name as given
    std::string raw_subject;
    Subject subject;
    std::string text;    // all of it, readable
    std::string words;   // what is searched: without quotes
    std::string company; // as given
    std::string message_id;
    bool forwarded = false; // a colleague passed it on; the contact is then whom the forwarded mail names, if it does
};

Result<void> read_texts(Mail& mail) {
    const auto take = [&mail](std::string& into, std::span<const std::string_view> names) -> Result<void> {
        auto text = mail_text(mail.members, names);
        if (!text) return std::unexpected(std::move(text.error()));
        into = std::move(*text);
        return {};
    };
    std::string html;
    const auto all = {take(mail.shown_name, std::array<std::string_view, 2>{"sender_name", "from_name"}),
                      take(mail.raw_subject, std::array<std::string_view, 1>{"subject"}),
                      take(mail.text, std::array<std::string_view, 4>{"content", "body", "text", "body_plain"}),
                      take(html, std::array<std::string_view, 2>{"html", "body_html"}),
                      take(mail.company, std::array<std::string_view, 2>{"company_name", "company"}),
                      take(mail.message_id, std::array<std::string_view, 1>{"message_id"})};
    for (const auto& taken : all) {
        if (!taken) return taken;
    }
    if (mail.text.empty())
        mail.text = html_to_text(html);
    else if (looks_like_html(mail.text))
        mail.text = html_to_text(mail.text);
    return {};
}

// A customer may pass our own mail back to us: its author shares the domain of the mailbox that got this one.
bool is_one_of_us(std::string_view address, const json::object& members) {
    const json::value* to = members.if_contains("to");
    const std::size_t at = address.find('@');
    if (to == nullptr || at == std::string_view::npos) return false;
    std::string mailboxes;
    append_json(mailboxes, *to);
    return find_no_case(mailboxes, address.substr(at)) != std::string_view::npos;
}

Result<Mail> take_apart(std::string_view body) {
    auto members = parse_mail(body);
    if (!members) return std::unexpected(std::move(members.error()));
    Mail mail{.members = std::move(*members)};
    auto sender = read_sender(mail.members);
    if (!sender) return std::unexpected(std::move(sender.error()));
    mail.sender = std::move(*sender);
    if (auto texts = read_texts(mail); !texts) return std::unexpected(std::move(texts.error()));
    mail.headers = MailHeaders(mail.members.if_contains("headers"));
    if (mail.message_id.empty()) mail.message_id = mail.headers.value("Message-ID");
    mail.message_id = bare_message_id(mail.message_id);
    mail.subject = read_subject(mail.raw_subject);

    MailBody split = split_mail(mail.text, mail.subject.is_forward);
    mail.words = std::move(split.own);
    mail.contact = mail.sender;
    if (!mail.shown_name.empty()) mail.contact.name = one_line(mail.shown_name);
    mail.forwarded = split.forwarded && !is_one_of_us(split.forwarded->sender.address, mail.members);
    if (mail.forwarded) mail.contact = split.forwarded->sender;
    if (mail.forwarded) mail.words.append("\n").append(split.forwarded->text);
    return mail;
}

struct Found {
    std::string company;
    std::string_view company_rule;
    std::optional<AmountFound> amount;
    Signature signature;
};

// Specification: the name given, else the signature, else the sender's domain, else the text.
Found search(const Mail& mail, Currency base) {
    Found found;
    const std::string label = company_label(mail.contact.address);
    found.signature = read_signature(mail.words, label);
    const std::pair<std::string, std::string_view> companies[] = {
        {mail.company, "given"},
        {one_line(found.signature.company), "signature"},
        {company_of_label(label), "domain"},
        {mail.company.empty() && found.signature.company.empty() && label.empty() ? one_line(company_in_text(mail.words)) : std::string{},
         "text"},
    };
    const auto* first = std::ranges::find_if(companies, [](const auto& each) { return !each.first.empty(); });
    if (first != std::end(companies)) found.company = first->first, found.company_rule = first->second;
    found.amount = find_amount(mail.subject.text, mail.words, base);
    return found;
}

std::string_view put_value(Draft& draft, const Mail& mail, const Found& found, const Arrival& arrival) {
    const Currency base = arrival.rules != nullptr ? arrival.rules->base_currency : Currency{};
    std::int64_t default_minor = kDefaultMajor;
    for (int digit = 0; digit < base.minor_digits(); ++digit) default_minor *= 10;
    if (arrival.rules != nullptr && arrival.rules->email_default_minor > 0) default_minor = arrival.rules->email_default_minor;

    const auto given = mail_text(mail.members, std::array<std::string_view, 2>{"value", "amount"});
    const auto currency = mail_text(mail.members, std::array<std::string_view, 1>{"currency"});
    if (given && !given->empty()) put_amount(draft, *given, currency.value_or(""), arrival.rules);
    if (draft[Field::Value]) return "given";
    if (found.amount) {
        draft[Field::Value] = found.amount->plain;
        if (found.amount->currency) draft[Field::Currency] = found.amount->currency->text();
        return found.amount->rule;
    }
    draft.default_value_minor = default_minor;
    draft.default_value_rule = "estimate.email_default";
    return draft.default_value_rule;
}

void put_contact(Draft& draft, const Mail& mail, const Found& found) {
    put_text(draft, Field::ContactEmail, mail.contact.address);
    // The name given beside the mail is taken byte for byte, as at every JSON door; one out of a header is made one line.
    if (!mail.forwarded) put_text(draft, Field::ContactName, mail.shown_name);
    put_text(draft, Field::ContactName, one_line(mail.contact.name));
    put_text(draft, Field::ContactName, one_line(found.signature.name));
    put_text(draft, Field::ContactPhone, one_line(found.signature.phone));
}

// Mails of one thread are one deal: its id is that of the mail that began it. A reply that does not say which one that was
// carries none, and is matched by name and company like any other arrival.
void put_identity(Draft& draft, const Mail& mail) {
    std::string id = thread_root(mail.headers);
    if (id.empty() && !mail.subject.is_reply) id = mail.message_id;
    if (id.empty()) return;
    if (id.size() > kExternalIdBytesMax)
        return warn(draft, "message_id", "invalid_external_id", "The Message-ID is longer than 200 bytes and was not kept as an id.", id);
    draft.external_ids.push_back({"email", std::move(id)});
}

bool is_read_here(std::string_view key) {
    static constexpr std::array<std::string_view, 23> kKeys = {
        "sender",   "from",       "from_email",   "sender_name", "from_name",    "subject",  "content",    "body",
        "text",     "body_plain", "html",         "body_html",   "company_name", "company",  "message_id", "headers",
        "metadata", "tenant_id",  "workspace_id", "value",       "amount",       "currency", "received_at"};
    return std::ranges::find(kKeys, key) != kKeys.end();
}

// Programs that obey mails are what such a text is written for; here it is only noted.
bool gives_orders(std::string_view text) {
    static constexpr std::string_view kOrders[] = {"ignore all previous",
                                                   "ignore previous instructions",
                                                   "disregard all previous",
                                                   "disregard previous",
                                                   "ignore the above",
                                                   "system prompt",
                                                   "you are now"};
    return std::ranges::any_of(kOrders, [text](std::string_view order) { return find_no_case(text, order) != std::string_view::npos; });
}

std::string metadata_of(const Mail& mail, const Found& found, std::string_view value_rule, std::string_view automatic) {
    json::object metadata;
    if (const json::value* given = mail.members.if_contains("metadata"); given != nullptr && given->is_object())
        metadata = given->get_object();
    for (const auto& each : mail.members) {
        if (!each.value().is_null() && !is_read_here({each.key().data(), each.key().size()})) metadata.emplace(each.key(), each.value());
    }
    const auto keep = [&metadata](std::string_view key, std::string_view text) {
        if (!text.empty()) metadata[json::string_view(key.data(), key.size())] = json::string_view(text.data(), text.size());
    };
    keep("company_rule", found.company_rule);
    keep("value_rule", value_rule);
    if (found.amount && found.amount->rule == value_rule) keep("value_text", found.amount->written);
    keep("message_id", mail.message_id);
    keep("thread_id", thread_root(mail.headers));
    if (mail.forwarded) keep("forwarded_by", mail.sender.address);
    keep("automatic", automatic);
    if (gives_orders(mail.text)) keep("suspicious", "instruction_like_text");
    std::string out;
    append_json(out, metadata);
    return out;
}

// The line of the mail in which the words stand; empty: in none.
std::string line_with(std::string_view text, std::string_view words) {
    const std::size_t at = words.empty() ? std::string_view::npos : text.find(words);
    if (at == std::string_view::npos) return {};
    const std::size_t before = text.rfind('\n', at);
    const std::size_t from = before == std::string_view::npos ? 0 : before + 1;
    return std::string(utf8_cut(trimmed(one_line(text.substr(from, text.find('\n', at) - from))), kExcerptBytesMax));
}

// Where each value of the draft came from, for a person who wants to check what was made of a mail.
class Findings {
  public:
    Findings(const Draft& draft, const Mail& mail) : draft_(draft), mail_(mail) {}

    void name() {
        const bool has_subject = !trimmed(mail_.subject.text).empty();
        note(Field::Name, has_subject ? "subject" : "default", has_subject ? one_line(mail_.raw_subject) : std::string());
    }
    void company(const Found& found) {
        const bool in_words = found.company_rule == "signature" || found.company_rule == "text";
        note(Field::Company, found.company_rule,
             in_words ? line_with(mail_.words, found.company) : found.company_rule == "domain" ? mail_.contact.address : std::string());
    }
    void value(const Found& found, std::string_view rule, Currency base) {
        if (draft_[Field::Value] && found.amount && found.amount->rule == rule) {
            const bool in_subject = mail_.subject.text.find(found.amount->written) != std::string::npos;
            const std::string line = in_subject ? one_line(mail_.raw_subject) : line_with(mail_.words, found.amount->written);
            const std::string_view from = in_subject ? "subject" : "text";
            note(Field::Value, from, line.empty() ? found.amount->written : line);
            note(Field::Currency, from, found.amount->written);
        } else if (draft_[Field::Value]) {
            note(Field::Value, "given", {});
            note(Field::Currency, "given", {});
        } else if (draft_.default_value_minor) {
            list.push_back({field_key(Field::Value), amount_text(*draft_.default_value_minor, base), "default", {}});
        }
    }
    void contact(const Found& found) {
        note(Field::ContactEmail, mail_.forwarded ? "text" : "sender", {});
        const bool given = !mail_.forwarded && !trimmed(mail_.shown_name).empty();
        const bool shown = !one_line(mail_.contact.name).empty();
        const std::string_view from = given ? "given" : !shown ? "signature" : mail_.forwarded ? "text" : "sender";
        note(Field::ContactName, from, from == "signature" ? line_with(mail_.words, found.signature.name) : std::string());
        note(Field::ContactPhone, "signature", line_with(mail_.words, found.signature.phone));
    }

    std::vector<Extracted> list;

  private:
    void note(Field field, std::string_view from, std::string excerpt) {
        if (!draft_[field] || trimmed(*draft_[field]).empty()) return;
        if (excerpt == *draft_[field]) excerpt.clear(); // it says no more than the value
        list.push_back({field_key(field), *draft_[field], from, std::string(utf8_cut(excerpt, kExcerptBytesMax))});
    }

    const Draft& draft_;
    const Mail& mail_;
};

struct MailRead {
    Draft draft;
    std::vector<Extracted> extracted;
};

Result<MailRead> mail_draft(const Mail& mail, const Arrival& arrival) {
    if (const json::value* metadata = mail.members.if_contains("metadata");
        metadata != nullptr && !metadata->is_null() && !metadata->is_object()) {
        return std::unexpected(field_refusal("metadata", "wrong_type", "The metadata must be a JSON object."));
    }
    Draft draft{.source = Source::Email, .reading = Reading::Strict};
    const Currency base = arrival.rules != nullptr ? arrival.rules->base_currency : Currency{};
    const Found found = search(mail, base);
    put_text(draft, Field::Name, mail.subject.text);
    std::string who = one_line(mail.contact.name);
    if (who.empty()) who = mail.contact.address.empty() ? mail.sender.address : mail.contact.address;
    put_text(draft, Field::Name, "E-mail from " + who);
    put_text(draft, Field::Company, found.company);
    put_contact(draft, mail, found);
    const std::string_view value_rule = put_value(draft, mail, found, arrival);
    put_text(draft, Field::Description, trimmed(mail.text));
    put_identity(draft, mail);
    const auto received = mail_text(mail.members, std::array<std::string_view, 1>{"received_at"});
    put_event_time(draft, received.value_or(""), arrival.received_at);
    if (draft.event_time_ms) draft.offer(Field::CreatedAt, instant_text(*draft.event_time_ms));
    const std::string_view automatic = automatic_reason(mail.headers, mail.sender.address, mail.raw_subject);
    draft.spam = !automatic.empty();
    if (draft.spam) draft.spam_reason = "automatic_mail";
    draft.metadata = metadata_of(mail, found, value_rule, automatic);
    Findings findings(draft, mail);
    findings.name();
    findings.company(found);
    findings.value(found, value_rule, base);
    findings.contact(found);
    return MailRead{.draft = std::move(draft), .extracted = std::move(findings.list)};
}

Result<ReadAll> read_email(const Arrival& arrival, std::string_view body) {
    if (auto type = check_json_type(arrival); !type) return std::unexpected(std::move(type.error()));
    const auto mail = take_apart(body);
    if (!mail) return std::unexpected(mail.error());
    auto made = mail_draft(*mail, arrival);
    if (!made) return std::unexpected(std::move(made.error()));
    ReadAll read;
    read.rows.push_back({.draft = std::move(made->draft), .extracted = std::move(made->extracted)});
    return read;
}

} // namespace

SourceSpec email_source() {
    SourceSpec spec{.source = Source::Email};
    spec.doors.push_back({.path = "/email", .kind = DoorKind::One, .read = read_email, .body_bytes_max = kBodyBytesMax});
    return spec;
}

} // namespace tributary
