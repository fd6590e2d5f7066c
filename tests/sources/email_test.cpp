// Mails posted as JSON become deals.
#include "door_reading.hpp"

#include <chrono>

using namespace door_reading;

namespace {

const SourceSpec kSpec = email_source();

Result<ReadAll> post(std::string_view body, const ReadingRules* rules = nullptr) {
    return door(kSpec, "/email").read(arrival("application/json", rules), body);
}

Draft mail_of(std::string_view name) { return only_draft(post(fixture("email/" + std::string(name) + ".json"))); }

std::string mail_json(std::string_view subject, std::string_view content, std::string_view sender = "jane@prospect.example") {
    std::string body = "{\"sender\":";
    append_json_string(body, sender);
    body += ",\"subject\":";
    append_json_string(body, subject);
    body += ",\"content\":";
    append_json_string(body, content);
    return body + "}";
}

Draft mail_saying(std::string_view subject, std::string_view content, std::string_view sender = "jane@prospect.example") {
    return only_draft(post(mail_json(subject, content, sender)));
}

} // namespace

TEST(Email, TheSpecificationsExampleMakesADeal) {
    const Draft draft =
        only_draft(post(R"({"sender":"prospect@company.com","sender_name":"John Smith","subject":"Enterprise solution inquiry",
        "content":"We are looking for...","company_name":"Prospect Corp"})"));
    EXPECT_EQ(draft.source, Source::Email);
    EXPECT_EQ(field(draft, Field::Name), "Enterprise solution inquiry");
    EXPECT_EQ(field(draft, Field::Company), "Prospect Corp");
    EXPECT_EQ(field(draft, Field::ContactEmail), "prospect@company.com");
    EXPECT_EQ(field(draft, Field::ContactName), "John Smith");
    EXPECT_EQ(field(draft, Field::Description), "We are looking for...");
    EXPECT_EQ(field(draft, Field::Value), "(absent)");
    EXPECT_EQ(draft.default_value_minor, 1'500'000);
    EXPECT_EQ(draft.default_value_rule, "estimate.email_default");
    EXPECT_EQ(metadata_text(draft, "company_rule"), "given");
    EXPECT_EQ(metadata_text(draft, "value_rule"), "estimate.email_default");
    EXPECT_FALSE(draft.spam);
}

TEST(Email, APlainLeadIsUnderstood) {
    const Draft draft = mail_of("plain_lead");
    EXPECT_EQ(field(draft, Field::Company), "Prospect GmbH");
    EXPECT_EQ(metadata_text(draft, "company_rule"), "signature");
    EXPECT_EQ(field(draft, Field::Value), "80000");
    EXPECT_EQ(field(draft, Field::Currency), "EUR");
    EXPECT_EQ(metadata_text(draft, "value_rule"), "email.amount_in_context");
    EXPECT_EQ(metadata_text(draft, "value_text"), "EUR 80,000");
    EXPECT_EQ(field(draft, Field::ContactEmail), "jane@prospect.example");
    EXPECT_EQ(field(draft, Field::ContactName), "Jane Doe");
    EXPECT_EQ(field(draft, Field::ContactPhone), "+49 30 1234567");
    EXPECT_EQ(draft.external_ids, (std::vector<ExternalId>{{"email", "01-plain-lead@prospect.example"}}));
    EXPECT_EQ(draft.event_time_ms, 1'795'374'000'000);
    EXPECT_EQ(field(draft, Field::CreatedAt), "2026-11-22T19:00:00.000Z");
    EXPECT_EQ(metadata_text(draft, "to"), "deals+acme@ingest.example");
    EXPECT_FALSE(draft.default_value_minor);
}

TEST(Email, AnHtmlMailIsReadAsText) {
    const Draft draft = mail_of("html_only");
    EXPECT_EQ(field(draft, Field::Value), "50000");
    EXPECT_EQ(field(draft, Field::Currency), "EUR");
    EXPECT_EQ(field(draft, Field::ContactName), "Müller, Jörg");
    const std::string text = field(draft, Field::Description);
    EXPECT_NE(text.find("wir benötigen 500 Lizenzen. Budget: 50.000,00"), std::string::npos) << text;
    EXPECT_EQ(text.find("alert"), std::string::npos);
    EXPECT_EQ(text.find("color"), std::string::npos);
    EXPECT_EQ(field(draft, Field::Company), "Prospect");
    EXPECT_EQ(metadata_text(draft, "company_rule"), "domain");
}

TEST(Email, WhatIsQuotedIsNotTheSendersWord) {
    const Draft draft = mail_of("reply_quoted");
    EXPECT_EQ(field(draft, Field::Name), "Proposal");
    EXPECT_EQ(field(draft, Field::Value), "120000");
    EXPECT_EQ(field(draft, Field::Currency), "USD");
    EXPECT_EQ(draft.external_ids, (std::vector<ExternalId>{{"email", "p0@ingest.example"}})) << "one thread is one deal";

    const Draft outlook = mail_of("outlook_reply");
    EXPECT_EQ(field(outlook, Field::Name), "Offer 4711");
    EXPECT_EQ(field(outlook, Field::Value), "42500");
    EXPECT_EQ(field(outlook, Field::Company), "Northwind Traders");
    EXPECT_EQ(field(outlook, Field::ContactName), "Kim Lee");
    EXPECT_EQ(field(outlook, Field::ContactPhone), "(020) 7946 0958");
    EXPECT_TRUE(outlook.external_ids.empty()) << "a reply that does not name its thread has no id";
}

TEST(Email, AMailPassedOnByAColleagueIsTheLeadsOwn) {
    const Draft draft = mail_of("forwarded_by_rep");
    EXPECT_EQ(field(draft, Field::Name), "Demo request");
    EXPECT_EQ(field(draft, Field::ContactEmail), "ann.lee@bigcorp.example");
    EXPECT_EQ(field(draft, Field::ContactName), "Ann Lee");
    EXPECT_EQ(field(draft, Field::Company), "Bigcorp");
    EXPECT_EQ(metadata_text(draft, "forwarded_by"), "sam@ingest.example");
    EXPECT_EQ(field(draft, Field::Value), "(absent)") << "1,200 users are no money";
}

TEST(Email, AForwardedMailOfNobodyKnownOrOfOurOwnNamesNoLead) {
    const Draft unknown =
        mail_saying("WG: Demo", "Bitte kümmern\n\n-----Original Message-----\nFrom: Ann Lee\nSent: today\n\nhello", "sam@ingest.example");
    EXPECT_EQ(field(unknown, Field::ContactEmail), "(absent)") << "the colleague is not the lead";
    EXPECT_EQ(field(unknown, Field::ContactName), "Ann Lee");
    EXPECT_EQ(field(unknown, Field::Company), "(absent)");
    const Draft ours = only_draft(post(R"({"sender":"jane@prospect.example","subject":"Fwd: Offer","to":["Deals <deals@ingest.example>"],
        "content":"we accept\n\n---------- Forwarded message ---------\nFrom: Sam <sam@ingest.example>\nSubject: Offer\n\nour price"})"));
    EXPECT_EQ(field(ours, Field::ContactEmail), "jane@prospect.example");
    EXPECT_EQ(field(ours, Field::Company), "Prospect");
}

TEST(Email, AutomaticMailIsKeptApart) {
    for (const char* name : {"auto_reply", "newsletter", "bounce"}) {
        const Draft draft = mail_of(name);
        EXPECT_TRUE(draft.spam) << name;
        EXPECT_EQ(draft.spam_reason, "automatic_mail") << name;
    }
    EXPECT_EQ(metadata_text(mail_of("newsletter"), "automatic"), "list");
    EXPECT_FALSE(
        only_draft(
            post(R"({"sender":"a@b.example","subject":"s","content":"c","headers":{"Auto-Submitted":"no","List-Unsubscribe":"<x>"}})"))
            .spam);
}

TEST(Email, ATenderNamesItsValue) {
    const Draft draft = mail_of("tender");
    EXPECT_EQ(field(draft, Field::Value), "1200000");
    EXPECT_EQ(field(draft, Field::Currency), "GBP");
    EXPECT_EQ(field(draft, Field::Name), "RFP 2026-17");
}

TEST(Email, AFreeMailAddressNamesNoCompany) {
    const Draft draft = mail_of("free_mail");
    EXPECT_EQ(field(draft, Field::Company), "(absent)");
    EXPECT_EQ(metadata_text(draft, "company_rule"), "(absent)");
    EXPECT_EQ(draft.default_value_minor, 1'500'000);
}

TEST(Email, AMailThatGivesOrdersIsOnlyData) {
    const Draft draft = mail_of("prompt_injection");
    EXPECT_EQ(field(draft, Field::Value), "(absent)");
    EXPECT_EQ(draft.default_value_minor, 1'500'000);
    EXPECT_EQ(field(draft, Field::Stage), "(absent)");
    EXPECT_EQ(metadata_text(draft, "suspicious"), "instruction_like_text");
    EXPECT_FALSE(draft.spam);
}

TEST(Email, OtherLanguagesNameAmountsToo) {
    const Draft japanese = mail_of("japanese");
    EXPECT_EQ(field(japanese, Field::Value), "3000000");
    EXPECT_EQ(field(japanese, Field::Currency), "JPY");
    EXPECT_EQ(field(japanese, Field::ContactName), "山田");
    EXPECT_EQ(field(japanese, Field::Name), "見積もりをお願い");
    const Draft spanish = mail_of("spanish");
    EXPECT_EQ(field(spanish, Field::Value), "12000");
    EXPECT_EQ(field(spanish, Field::Currency), "EUR");
    EXPECT_EQ(field(mail_of("truncated"), Field::Value), "75");
}

TEST(Email, LineEndsInASubjectCannotStartANewHeader) {
    EXPECT_EQ(field(mail_of("crlf_injection"), Field::Name), "Hello there Bcc: victim@x.example");
    EXPECT_EQ(field(mail_saying("a\r\n\tb\x01\x7F\xC2\x85\xE2\x80\xA8"
                                "c",
                                ""),
                    Field::Name),
              "a b c");
}

TEST(Email, AMailWithoutSubjectIsNamedAfterItsSender) {
    EXPECT_EQ(field(mail_of("empty_body"), Field::Name), "E-mail from Jane Doe");
    EXPECT_EQ(field(mail_saying("Re: ", "x"), Field::Name), "E-mail from jane@prospect.example");
    EXPECT_EQ(field(mail_of("empty_body"), Field::Description), "(absent)");
}

TEST(Email, TheDefaultValueIsTheWorkspaces) {
    const ReadingRules rules{.base_currency = {{'J', 'P', 'Y'}}};
    EXPECT_EQ(only_draft(post(mail_json("s", "c"), &rules)).default_value_minor, 15'000);
    const ReadingRules own{.email_default_minor = 777};
    EXPECT_EQ(only_draft(post(mail_json("s", "c"), &own)).default_value_minor, 777);
}

TEST(Email, AValueGivenBesideTheMailIsTaken) {
    const Draft draft = only_draft(post(R"({"sender":"a@b.example","subject":"Budget $5","content":"","value":1234.5,"currency":"CHF"})"));
    EXPECT_EQ(field(draft, Field::Value), "1234.5");
    EXPECT_EQ(field(draft, Field::Currency), "CHF");
    EXPECT_EQ(metadata_text(draft, "value_rule"), "given");
}

TEST(Email, TheSenderIsRequiredAndMustBeAnAddress) {
    EXPECT_EQ(code_of(post(R"({"subject":"s"})")), "missing_field");
    EXPECT_EQ(code_of(post(R"({"sender":""})")), "missing_field");
    EXPECT_EQ(code_of(post(R"({"sender":null})")), "missing_field");
    for (const std::string_view sender : {"jane", "jane@", "@b.example", "a@b", "a b@c.example", "a@b..example", "a@-b.example",
                                          "<a@b.example", "a@b.example,c@d.example", "a@b.example\r\nBcc: c@d.example"}) {
        EXPECT_EQ(code_of(post(mail_json("s", "c", sender))), "invalid_email") << sender;
    }
    EXPECT_EQ(code_of(post(R"({"sender":["a@b.example"]})")), "wrong_type");
    EXPECT_EQ(field(only_draft(post(R"({"from_email":"A@B.Example","subject":"s","text":"t"})")), Field::ContactEmail), "a@b.example");
}

TEST(Email, ABodyThatIsNoMailIsRefused) {
    EXPECT_EQ(code_of(post("")), "empty_body");
    EXPECT_EQ(code_of(post("[]")), "not_an_object");
    EXPECT_EQ(code_of(post("7")), "not_an_object");
    EXPECT_EQ(code_of(post("{")), "invalid_json");
    EXPECT_EQ(code_of(post(R"({"sender":"a@b.example","sender":"c@d.example"})")), "duplicate_key");
    EXPECT_EQ(code_of(post(R"({"sender":"a@b.example","content":{}})")), "wrong_type");
    EXPECT_EQ(code_of(post(R"({"sender":"a@b.example","metadata":[1]})")), "wrong_type");
}

TEST(Email, ALongMailIsKeptUpToTheFieldsLimit) {
    std::string content = "Budget is $9,000.\n";
    while (content.size() < 300'000) content += "Ünd so weiter. ";
    const Draft draft = mail_saying("long", content);
    EXPECT_EQ(field(draft, Field::Value), "9000");
    EXPECT_LE(draft[Field::Description]->size(), field_bytes_max(Field::Description));
    ASSERT_EQ(draft.warnings.size(), 1U);
    EXPECT_EQ(draft.warnings[0].code, "text_cut");
    EXPECT_EQ(field(mail_saying(std::string(3'000, 'x'), "c"), Field::Name).size(), field_bytes_max(Field::Name));
}

TEST(Email, HostileTextsTakeTimeLinearInTheirSize) {
    for (const std::string_view piece :
         {"<a ", "<", "&", "1 ", "1,1.", "$1 budget ", "On 1 ", "From: x\n", "> ", ">\n", "a@", "Inc ", "& ", "+1", "\n", "<!-- "}) {
        std::string content = "<p>";
        while (content.size() < 900'000) content += piece;
        const auto start = std::chrono::steady_clock::now();
        EXPECT_TRUE(post(mail_json(piece, content))) << piece;
        EXPECT_TRUE(post(mail_json(piece, std::string_view(content).substr(3)))) << piece;
        // Anything worse than linear would take minutes; the bound leaves room for sanitizers on a busy machine.
        EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20)) << piece;
    }
}

TEST(Email, MetadataAndUnknownMembersAreKept) {
    const Draft draft = only_draft(post(R"({"sender":"a@b.example","subject":"s","content":"c","tenant_id":"t","workspace_id":"w",
        "metadata":{"campaign":"spring","value_rule":"mine"},"cc":["c@d.example"],"mailbox":"inbound"})"));
    EXPECT_EQ(metadata_text(draft, "campaign"), "spring");
    EXPECT_EQ(metadata_text(draft, "mailbox"), "inbound");
    EXPECT_EQ(metadata_text(draft, "value_rule"), "estimate.email_default") << "ours is not the sender's to write";
    EXPECT_EQ(metadata_text(draft, "tenant_id"), "(absent)");
    EXPECT_EQ(metadata(draft).at("cc"), boost::json::array{"c@d.example"});
}

TEST(Email, ATimeInTheFutureIsNotBelieved) {
    const Draft draft = only_draft(post(R"({"sender":"a@b.example","subject":"s","content":"c","received_at":"2999-01-01T00:00:00Z"})"));
    EXPECT_FALSE(draft.event_time_ms);
    EXPECT_EQ(draft.warnings.size(), 1U);
}

TEST(Email, NaughtyStringsPassThroughUnchanged) {
    SHARED_TEXT(text, "data/blns/blns.json");
    const auto strings = parse_json(text);
    ASSERT_TRUE(strings);
    for (const auto& each : strings->as_array()) {
        const std::string naughty = scalar_text(each);
        const Draft draft = mail_saying("Subject " + naughty, "start " + naughty + " end");
        EXPECT_EQ(field(draft, Field::Description), "start " + naughty + " end");
        const std::string name = field(draft, Field::Name);
        for (const char letter : name) EXPECT_TRUE(static_cast<unsigned char>(letter) >= 0x20 && letter != 0x7F) << naughty;
        std::string plain;
        for (const char letter : "Subject " + naughty) plain += static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F ? ' ' : letter;
        if (plain == "Subject " + naughty && plain.find("\xC2") == std::string::npos && plain.find("\xE2\x80") == std::string::npos &&
            !plain.ends_with(' ')) {
            EXPECT_EQ(name, "Subject " + naughty);
        }
    }
}

namespace {

// Any JSON value, a few levels deep, with keys the readers look for among others.
rc::Gen<boost::json::value> any_json(int depth) {
    const auto text = rc::gen::map(rc::gen::string<std::string>(), [](std::string raw) {
        for (char& letter : raw) letter = static_cast<char>(letter & 0x7F); // ASCII is always UTF-8
        return boost::json::value(raw);
    });
    const auto number = rc::gen::map(rc::gen::arbitrary<std::int64_t>(), [](std::int64_t value) { return boost::json::value(value); });
    const auto real = rc::gen::map(rc::gen::arbitrary<std::int32_t>(), [](std::int32_t value) { return boost::json::value(value / 8.0); });
    const auto scalar =
        rc::gen::oneOf(text, number, real,
                       rc::gen::element(boost::json::value(nullptr), boost::json::value(true), boost::json::value("2026-12-31"),
                                        boost::json::value("a@b.example"), boost::json::value("Opportunity")));
    if (depth == 0) return scalar;
    const auto array = rc::gen::map(
        rc::gen::container<std::vector<boost::json::value>>(any_json(depth - 1)),
        [](const std::vector<boost::json::value>& values) { return boost::json::value(boost::json::array(values.begin(), values.end())); });
    const auto key = rc::gen::element<std::string>(
        "sender", "subject", "content", "headers", "metadata", "id", "properties", "dealname", "amount", "dealstage", "closedate",
        "associations", "contacts", "results", "portalId", "objectId", "dealId", "archived", "Id", "Name", "Amount", "StageName",
        "CloseDate", "attributes", "type", "url", "Account", "OpportunityContactRoles", "records", "Contact", "Owner", "IsClosed",
        "Probability", "deals", "hs_deal_stage_probability", "subscriptionType", "value");
    const auto object =
        rc::gen::map(rc::gen::container<std::vector<std::pair<std::string, boost::json::value>>>(rc::gen::pair(key, any_json(depth - 1))),
                     [](const std::vector<std::pair<std::string, boost::json::value>>& members) {
                         boost::json::object built;
                         for (const auto& [name, value] : members) built[name] = value;
                         return boost::json::value(built);
                     });
    return rc::gen::oneOf(scalar, array, object, object);
}

} // namespace

TEST(Readers, AnyJsonIsReadOrRefusedAndNeverMore) {
    const SourceSpec sources[] = {email_source(), hubspot_source(), salesforce_source()};
    EXPECT_TRUE(rc::check("no crash, and every row is a draft with an id or a refusal with a code", [&sources] {
        const auto value = *rc::gen::resize(25, any_json(3)); // a few hundred members; more is only slower
        std::string body;
        append_json(body, value);
        for (const SourceSpec& spec : sources) {
            for (const Door& each : spec.doors) {
                const auto read = each.read(arrival(), body);
                if (!read) {
                    RC_ASSERT(!read.error().code.empty() && !read.error().message.empty());
                    continue;
                }
                for (const ReadRow& row : read->rows) {
                    if (!row.draft)
                        RC_ASSERT(!row.draft.error().code.empty() && !row.raw.empty());
                    else
                        RC_ASSERT((spec.source == Source::Email ||
                                   !row.draft->external_ids.at(0).id.empty())); // in brackets: else both sides are evaluated
                    if (row.draft) RC_ASSERT(parse_json(row.draft->metadata).has_value());
                }
            }
        }
    }));
}

TEST(Readers, AnyBytesAreReadOrRefusedAndNeverMore) {
    const SourceSpec sources[] = {email_source(), hubspot_source(), salesforce_source()};
    EXPECT_TRUE(rc::check("no crash on bytes", [&sources](const std::string& bytes) {
        for (const std::string& body : {bytes, "<" + bytes, "{" + bytes + "}", "[" + bytes + "]"}) {
            for (const SourceSpec& spec : sources) {
                for (const Door& each : spec.doors) (void)each.read(arrival(), body);
            }
        }
    }));
}
