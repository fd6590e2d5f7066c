// Outbound messages: SOAP from a sender that is not trusted.
#include "door_reading.hpp"
#include "sources/crm_reading.hpp"
#include "sources/salesforce_soap.hpp"

#include <chrono>

using namespace door_reading;

namespace {

const SourceSpec kSpec = salesforce_source();

Result<ReadAll> sync(std::string_view body, std::string_view type = "text/xml; charset=utf-8") {
    return door(kSpec, "/salesforce/sync").read(arrival(type), body);
}

std::string message(std::string_view notifications, std::string_view organization = "00Dxx0000001gEREAY") {
    return R"(<?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" )"
           R"(xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><e:Body><notifications xmlns="http://soap.sforce.com/2005/09/outbound">)"
           "<OrganizationId>" +
           std::string(organization) + "</OrganizationId>" + std::string(notifications) + "</notifications></e:Body></e:Envelope>";
}

std::string notification(std::string_view fields) {
    return R"(<Notification><Id>04lxx0000000001AAA</Id><sObject xsi:type="sf:Opportunity" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">)" +
           std::string(fields) + "</sObject></Notification>";
}

std::string code_of_text(std::string_view body) { return code_of(sync(body)); }

} // namespace

TEST(SalesforceSoap, AnOutboundMessageIsRead) {
    SHARED_TEXT(body, "wire/salesforce/outbound_message_1.xml");
    const auto read = sync(body);
    const Draft draft = only_draft(read);
    EXPECT_TRUE(read->soap);
    EXPECT_EQ(read->organization_id, "00Dxx0000001gEREAY");
    EXPECT_EQ(draft.external_ids, (std::vector<ExternalId>{{"salesforce", "006xx0000000001AAA"}}));
    EXPECT_EQ(field(draft, Field::Name), "Müller & Söhne – 500 seats");
    EXPECT_EQ(field(draft, Field::Value), "120000.0");
    EXPECT_EQ(field(draft, Field::Currency), "EUR");
    EXPECT_EQ(field(draft, Field::Stage), "negotiation");
    EXPECT_EQ(field(draft, Field::Probability), "90");
    EXPECT_EQ(field(draft, Field::ExpectedCloseDate), "2026-12-31");
    EXPECT_EQ(field(draft, Field::Description), "Line 1\nR&D <pilot> \"quoted\"");
    EXPECT_EQ(draft.event_time_ms, 1'795'377'601'000);
    EXPECT_EQ(metadata_text(draft, "notification_id"), "04lxx0000000001AAA");
    EXPECT_EQ(metadata_text(draft, "organization_id"), "00Dxx0000001gEREAY");
    EXPECT_EQ(metadata_text(draft, "account_id"), "001xx0000000001AAA");
}

TEST(SalesforceSoap, SeveralNotificationsKeepTheirOrderAndWhatIsMissingIsUnknown) {
    SHARED_TEXT(body, "wire/salesforce/outbound_message_3.xml");
    const auto read = sync(body);
    ASSERT_EQ(code_of(read), "ok");
    ASSERT_EQ(read->rows.size(), 3U);
    EXPECT_EQ(field(*read->rows[1].draft, Field::Value), "1.0E7");
    EXPECT_EQ(field(*read->rows[1].draft, Field::Stage), "closed_won");
    const Draft& bare = *read->rows[2].draft;
    EXPECT_EQ(field(bare, Field::Name), "only mandatory fields");
    EXPECT_EQ(field(bare, Field::Value), "(absent)");
}

TEST(SalesforceSoap, TheSessionIsNeverKept) {
    SHARED_TEXT(body, "wire/salesforce/outbound_message_session.xml");
    const auto read = sync(body);
    const Draft draft = only_draft(read);
    EXPECT_EQ(draft.metadata.find("FakeSession"), std::string::npos);
    const std::string stored = without_session_id(body);
    EXPECT_EQ(stored.find("FakeSession"), std::string::npos);
    EXPECT_NE(stored.find("<SessionId></SessionId>"), std::string::npos);
    EXPECT_EQ(only_draft(sync(stored)).metadata, draft.metadata) << "what is stored can be read again";
}

TEST(SalesforceSoap, EverySpellingOfTheSessionIsTakenOut) {
    EXPECT_EQ(without_session_id("<a/>"), "<a/>");
    EXPECT_EQ(without_session_id("<SessionId xsi:nil=\"true\"/><b>x</b>"), "<SessionId xsi:nil=\"true\"/><b>x</b>");
    EXPECT_EQ(without_session_id("<q:SessionId>s</q:SessionId>t"), "<q:SessionId></q:SessionId>t");
    EXPECT_EQ(without_session_id("<sessionid >s</sessionid>t"), "<sessionid ></sessionid>t");
    EXPECT_EQ(without_session_id("<SessionId><![CDATA[s</SessionId>s]]></SessionId>t"), "<SessionId></SessionId>t");
    EXPECT_EQ(without_session_id("<SessionId><!--</SessionId>-->s</SessionId>t"), "<SessionId></SessionId>t");
    EXPECT_EQ(without_session_id("<SessionId a=\"/>\">s</SessionId>t"), "<SessionId a=\"/>\"></SessionId>t");
    EXPECT_EQ(without_session_id("<SessionId>never closed"), "<SessionId>");
    EXPECT_EQ(without_session_id("<x>1</x><SessionId").find("Session"), std::string::npos);
    EXPECT_EQ(without_session_id("<MySessionIdea>s</MySessionIdea>"), "<MySessionIdea>s</MySessionIdea>");
    EXPECT_EQ(without_session_id("<SessionId>a</SessionId><SessionId>b</SessionId>"), "<SessionId></SessionId><SessionId></SessionId>");
}

TEST(SalesforceSoap, PrefixesMeanNothingAndNamespacesEverything) {
    const auto read = sync(fixture("salesforce/shuffled_prefixes.xml"), "");
    const Draft draft = only_draft(read); // the account among them is left out
    EXPECT_EQ(read->organization_id, "00Dxx0000001gEREAY");
    EXPECT_EQ(draft.external_ids[0].id, "006xx0000000001AAA");
    EXPECT_EQ(field(draft, Field::Name), "A & B <\"quoted\"> – 500");
    EXPECT_EQ(field(draft, Field::Value), "1.0E7");
    EXPECT_EQ(field(draft, Field::Stage), "qualification");
    EXPECT_EQ(field(draft, Field::ExpectedCloseDate), "2026-12-31");
    EXPECT_EQ(field(draft, Field::Description), "(absent)");
    EXPECT_EQ(draft.metadata.find("PrefixedSecret"), std::string::npos);
    EXPECT_EQ(without_session_id(fixture("salesforce/shuffled_prefixes.xml")).find("PrefixedSecret"), std::string::npos);
}

TEST(SalesforceSoap, AMessageInAForeignNamespaceIsNone) {
    std::string foreign = message(notification("<sf:Id>006xx0000000001AAA</sf:Id>"));
    foreign.replace(foreign.find("http://soap.sforce.com/2005/09/outbound"), 39, "http://soap.example.com/2005/09/outbound");
    EXPECT_EQ(code_of_text(foreign), "not_an_outbound_message");
    EXPECT_EQ(code_of_text("<html><body>hello</body></html>"), "not_an_outbound_message");
    EXPECT_EQ(code_of_text(message("")), "not_an_outbound_message");
}

TEST(SalesforceSoap, OneBadNotificationRefusesTheWholeMessage) {
    const std::string good = notification("<sf:Id>006xx0000000001AAA</sf:Id><sf:Name>G</sf:Name>");
    EXPECT_EQ(code_of_text(message(good)), "ok");
    EXPECT_EQ(code_of_text(message(good + notification("<sf:Name>No id</sf:Name>") + good)), "missing_id");
    EXPECT_EQ(code_of_text(message(good + "<Notification><Id>04l</Id></Notification>")), "not_an_outbound_message");
    EXPECT_EQ(code_of_text(message(good, "")), "missing_organization_id");
}

TEST(SalesforceSoap, AHundredNotificationsPassAndOneMoreIsTooMany) {
    std::string hundred;
    for (int count = 0; count < 100; ++count) hundred += notification("<sf:Id>006xx0000000001AAA</sf:Id>");
    const auto read = sync(message(hundred));
    ASSERT_EQ(code_of(read), "ok");
    EXPECT_EQ(read->rows.size(), 100U);
    EXPECT_EQ(code_of_text(message(hundred + notification("<sf:Id>006xx0000000001AAA</sf:Id>"))), "too_many_notifications");
}

TEST(SalesforceSoap, DocumentTypesAndEntitiesAreRefusedBeforeParsing) {
    const std::string rest = message(notification("<sf:Id>006xx0000000001AAA</sf:Id><sf:Name>&x;</sf:Name>")).substr(38);
    const std::string_view heads[] = {
        R"(<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>)",
        R"(<!DOCTYPE a SYSTEM "http://127.0.0.1:1/evil.dtd">)",
        "<!doctype a [<!entity % x SYSTEM 'http://127.0.0.1:1/x'> %x;]>",
        R"(<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>)",
    };
    for (const std::string_view head : heads) {
        EXPECT_EQ(code_of_text(std::string(head) + rest), "doctype_refused") << head;
        EXPECT_EQ(code_of_text("<?xml version=\"1.0\"?>\n" + std::string(head) + rest), "doctype_refused") << head;
    }
}

TEST(SalesforceSoap, AnEntityNobodyDeclaredStaysText) {
    EXPECT_EQ(field(only_draft(sync(message(notification("<sf:Id>006xx0000000001AAA</sf:Id><sf:Name>&x; y</sf:Name>")))), Field::Name),
              "&x; y");
}

TEST(SalesforceSoap, OtherEncodingsCannotHideADocumentType) {
    std::string wide;
    for (const char letter : std::string("<?xml version=\"1.0\"?><!DOCTYPE a><a/>")) wide.append(1, letter).append(1, '\0');
    EXPECT_EQ(code_of_text("\xFF\xFE" + wide), "unsupported_encoding");
    EXPECT_EQ(code_of_text(wide), "unsupported_encoding");
    EXPECT_EQ(code_of_text(R"(<?xml version="1.0" encoding="UTF-7"?><a/>)"), "unsupported_encoding");
    EXPECT_EQ(code_of_text("<a>\xC3\x28</a>"), "unsupported_encoding");
    EXPECT_EQ(code_of_text("\xEF\xBB\xBF" + message(notification("<sf:Id>006xx0000000001AAA</sf:Id>"))), "ok");
    EXPECT_EQ(code_of_text(message(notification("<sf:Id>006xx0000000001AAA</sf:Id><sf:Name>&#xD800;</sf:Name>"))), "invalid_xml");
}

TEST(SalesforceSoap, DepthAndCountAreBounded) {
    std::string deep;
    for (int level = 0; level < 100'000; ++level) deep += "<a>";
    EXPECT_EQ(code_of_text(deep), "too_deep");
    std::string wide;
    for (int count = 0; count < 70'000; ++count) wide += "<a/>";
    EXPECT_EQ(code_of_text(message(wide)), "too_many_elements");
    EXPECT_EQ(code_of_text(std::string(6 * 1024 * 1024, ' ') + "<a/>"), "body_too_large");
}

TEST(SalesforceSoap, BombsAreRefusedInTimeLinearInTheirSize) {
    const std::string_view pieces[] = {"<", "<!", "<SessionId ", "<SessionId>", "<![CDATA[", "</SessionId", "<a b='", "<!--", "&amp;", ">"};
    for (const std::string_view piece : pieces) {
        std::string bomb;
        while (bomb.size() < 4'000'000) bomb += piece;
        const auto start = std::chrono::steady_clock::now();
        EXPECT_NE(code_of_text(bomb), "ok") << piece;
        EXPECT_LE(without_session_id(bomb).size(), bomb.size());
        // Anything worse than linear would take minutes; the bound leaves room for sanitizers on a busy machine.
        EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20)) << piece;
    }
}

TEST(SalesforceSoap, BrokenMarkupIsRefused) {
    for (const std::string_view body : {"<", "<a", "<a>", "</a>", "<a></b>", "<a><!--</a>", "<a b='></a>", "<>", "<a/><b/>x"}) {
        EXPECT_NE(code_of_text(body), "ok") << body;
    }
}

TEST(SalesforceSoap, AnswersAreThoseSalesforceUnderstands) {
    EXPECT_NE(soap_ack(true).find(
                  "<notificationsResponse xmlns=\"http://soap.sforce.com/2005/09/outbound\"><Ack>true</Ack></notificationsResponse>"),
              std::string::npos);
    EXPECT_NE(soap_ack(false).find("<Ack>false</Ack>"), std::string::npos);
    const std::string fault = soap_fault("a < b & \"c\"\r\nd");
    EXPECT_NE(fault.find("<faultstring>a &lt; b &amp; \"c\" d</faultstring>"), std::string::npos);
}

TEST(SalesforceSoap, ASoapBodyIsKnownByItsFirstByteAndJsonByItsOwn) {
    const std::string body = message(notification("<sf:Id>006xx0000000001AAA</sf:Id>"));
    EXPECT_TRUE(sync("  \n" + body, "application/json")->soap);
    EXPECT_FALSE(sync(R"({"Id":"006xx0000000001AAA","Name":"J"})", "application/json")->soap);
    EXPECT_EQ(code_of(sync(R"({"Id":"006xx0000000001AAA"})", "text/xml")), "invalid_xml");
}

TEST(SalesforceSoap, AConnectedOrganisationReadsItsMessagesAndNoOthers) {
    SHARED_TEXT(body, "wire/salesforce/outbound_message_1.xml");
    CrmReading account{.account = "00Dxx0000001gEREAY", .home_currency = *parse_currency("EUR")};
    const ReadingRules rules{.crm = &account};
    const Door door = salesforce_source().doors.front();
    const auto read = door.read(arrival("text/xml", &rules), body);
    ASSERT_EQ(code_of(read), "ok");
    const Draft& draft = *read->rows.at(0).draft;
    EXPECT_EQ(draft.external_ids.at(0).system, "salesforce:00Dxx0000001gEREAY");
    EXPECT_EQ(field(draft, Field::ContactEmail), "(absent)") << "what was not ticked is unknown";
    account.account = "00Dxx0000009gEREAY";
    EXPECT_EQ(code_of(door.read(arrival("text/xml", &rules), body)), "other_account");
}
