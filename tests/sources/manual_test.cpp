// The manual door, and with it how one deal is read from JSON.
#include "deal/json.hpp"
#include "sources/json_deal.hpp"
#include "sources/reading.hpp"

#include <gtest/gtest.h>

namespace tributary {
namespace {

using namespace testing;

Result<ReadAll> post(std::string_view body, std::string content_type = "application/json") {
    static const SourceSpec source = manual_source();
    const Knock knock{.content_type = std::move(content_type)};
    return source.doors.front().read(knock.arrival(), body);
}

ReadRow read(std::string_view json) {
    const auto parsed = parse_json(json);
    EXPECT_TRUE(parsed) << json;
    return read_json_deal(*parsed, Source::Manual);
}

TEST(Manual, TakesTheExampleOfTheSpecification) {
    const auto all = post(file_text(kFixtures / "manual" / "specification.json"));
    ASSERT_TRUE(all);
    ASSERT_EQ(all->rows.size(), 1U);
    const Draft& draft = *all->rows[0].draft;
    EXPECT_EQ(draft.source, Source::Manual);
    EXPECT_EQ(draft.reading, Reading::Strict);
    EXPECT_EQ(text_of(draft, Field::Name), "Enterprise License - Acme Corp");
    EXPECT_EQ(text_of(draft, Field::Company), "Acme Corporation");
    EXPECT_EQ(text_of(draft, Field::Value), "120000");
    EXPECT_EQ(text_of(draft, Field::Stage), "proposal");
    EXPECT_EQ(text_of(draft, Field::Probability), "60");
    EXPECT_EQ(text_of(draft, Field::ExpectedCloseDate), "2026-06-01");
    EXPECT_EQ(text_of(draft, Field::ContactEmail), "ceo@acme.com");
    EXPECT_EQ(text_of(draft, Field::ContactName), "John Smith");
    EXPECT_EQ(text_of(draft, Field::Description), "Enterprise license for 500 users");
    EXPECT_EQ(draft.metadata, "");
}

TEST(JsonDeal, KnowsTheNamesOthersUse) {
    const struct {
        Field field;
        std::vector<std::string_view> names;
    } table[] = {
        {Field::Name, {"name", "deal_name", "dealname", "Deal Name", "title", "opportunity_name", "OpportunityName"}},
        {Field::Company, {"company", "account", "account_name", "AccountName", "company_name", "organization", "organisation"}},
        {Field::Value, {"value", "amount", "Amount", "deal_value", "deal-amount"}},
        {Field::Currency, {"currency", "currency_code", "CurrencyIsoCode"}},
        {Field::Stage, {"stage", "StageName", "stage_name", "deal_stage", "dealstage"}},
        {Field::Probability, {"probability", "win_probability"}},
        {Field::ExpectedCloseDate,
         {"expected_close_date", "expectedCloseDate", "close_date", "closedate", "CloseDate", "closing_date", "expected_close"}},
        {Field::ContactEmail, {"contact_email", "contactEmail", "email"}},
        {Field::ContactName, {"contact_name", "contact"}},
        {Field::ContactPhone, {"contact_phone", "phone"}},
        {Field::Description, {"description", "notes", "message"}},
        {Field::Owner, {"owner", "sales_agent", "deal_owner", "owner_name"}},
        {Field::LostReason, {"lost_reason"}},
        {Field::CreatedAt, {"created_at", "createdAt", "created_date"}},
    };
    for (const auto& [field, names] : table) {
        for (const auto name : names) {
            const ReadRow row = read("{\"" + std::string(name) + "\":\"said\"}");
            EXPECT_EQ(text_of(*row.draft, field), "said") << name;
            EXPECT_EQ(row.draft->metadata, "") << name;
        }
    }
}

TEST(JsonDeal, TheBetterOfTwoNamesWinsAndTheOtherIsKept) {
    const Draft draft = *read(R"({"title":"B","name":"A","amount":" ","value":5,"email":"x@y.z","contact_email":null})").draft;
    EXPECT_EQ(text_of(draft, Field::Name), "A");
    EXPECT_EQ(text_of(draft, Field::Value), "5");
    EXPECT_EQ(text_of(draft, Field::ContactEmail), "x@y.z");
    EXPECT_EQ(draft.metadata, R"({"title":"B"})");
}

TEST(JsonDeal, ReadsNestedFormsAndKeepsWhatIsLeftOfThem) {
    const Draft draft =
        *read(R"({"deal":{"name":"N","contact":{"first_name":"Ann","last_name":"Lee","email":"a@b.co","phone":"1","role":"CEO"},
        "company":{"name":"Acme","domain":"acme.com"},"amount":{"value":"12.50","currency":"EUR"},"owner":{"name":"Bob"}},"extra":[1,2.5,true]})")
             .draft;
    EXPECT_EQ(text_of(draft, Field::Name), "N");
    EXPECT_EQ(text_of(draft, Field::ContactName), "Ann Lee");
    EXPECT_EQ(text_of(draft, Field::ContactEmail), "a@b.co");
    EXPECT_EQ(text_of(draft, Field::ContactPhone), "1");
    EXPECT_EQ(text_of(draft, Field::Company), "Acme");
    EXPECT_EQ(text_of(draft, Field::Value), "12.50");
    EXPECT_EQ(text_of(draft, Field::Currency), "EUR");
    EXPECT_EQ(text_of(draft, Field::Owner), "Bob");
    EXPECT_EQ(draft.metadata, R"({"contact":{"role":"CEO"},"company":{"domain":"acme.com"},"extra":[1,2.5,true]})");
    const Draft flat = *read(R"({"company":{"name":"Nested"},"account_name":"Flat","contact":{"email":"n@x.co"},"email":"f@x.co"})").draft;
    EXPECT_EQ(text_of(flat, Field::Company), "Flat");
    EXPECT_EQ(text_of(flat, Field::ContactEmail), "f@x.co");
    EXPECT_EQ(flat.metadata, R"({"company":{"name":"Nested"},"contact":{"email":"n@x.co"}})");
}

TEST(JsonDeal, UnknownMembersAreMetadataWithTheirTypesAndHaveNoOtherEffect) {
    const ReadRow row =
        read(R"({"name":"N","id":"d1","health_score":100,"risk_level":"low","is_spam":true,"role":"admin","version":9,"lead_id":null,
        "created_by":"me","updated_at":"2020-01-01","source":"hubspot","tenant_id":"t","workspaceId":"w","metadata":{"campaign":{"a":[1]},"tenant_id":"t2"},
        "source_metadata":{"id":7}})");
    const Draft& draft = *row.draft;
    EXPECT_EQ(draft.metadata,
              R"x({"id":"d1","health_score":100,"risk_level":"low","is_spam":true,"role":"admin","version":9,"lead_id":null,)x"
              R"x("created_by":"me","updated_at":"2020-01-01","source":"hubspot","campaign":{"a":[1]},"id (2)":7})x");
    EXPECT_EQ(draft.source, Source::Manual);
    EXPECT_FALSE(draft.spam);
    EXPECT_EQ(row.tenant_id, "t");
    EXPECT_EQ(row.workspace_id, "w");
    for (const Field field : kFields) EXPECT_EQ(draft[field].has_value(), field == Field::Name);
}

TEST(JsonDeal, TakesNumbersAsNumbersAndAsText) {
    EXPECT_EQ(text_of(*read(R"({"value":"75000","probability":"40"})").draft, Field::Value), "75000");
    EXPECT_EQ(text_of(*read(R"({"value":1234.5})").draft, Field::Value), "1234.5");
    EXPECT_EQ(text_of(*read(R"({"value":0})").draft, Field::Value), "0");
    EXPECT_EQ(text_of(*read(R"({"name":42})").draft, Field::Name), "42");
    EXPECT_EQ(text_of(*read(R"({"value":null})").draft, Field::Value), "<absent>");
}

TEST(JsonDeal, ExternalIdsNameTheirSystems) {
    const Draft draft =
        *read(
             R"({"external_id":77,"external_ids":[{"system":"hubspot:123","id":"9"},{"system":"erp","id":"x"},{"system":"api","id":"77"}]})")
             .draft;
    EXPECT_EQ(draft.external_ids, (std::vector<ExternalId>{{"api", "77"}, {"hubspot:123", "9"}, {"erp", "x"}}));
    EXPECT_TRUE(read(R"({"external_id":""})").draft->external_ids.empty());
}

TEST(JsonDeal, AnEventTimeIsTheTimeOfTheDraft) {
    EXPECT_EQ(read(R"({"event_time":"2026-01-02T03:04:05Z"})").draft->event_time_ms, parse_instant("2026-01-02T03:04:05Z").value());
    EXPECT_EQ(read(R"({"occurred_at":1790000000000})").draft->event_time_ms, 1'790'000'000'000);
}

TEST(JsonDeal, NamesEveryProblemAtOnce) {
    const struct {
        std::string body;
        std::string code;
        std::vector<std::string> fields;
    } cases[] = {
        {R"([])", "wrong_type", {"deal"}},
        {R"("text")", "wrong_type", {"deal"}},
        {R"({"name":[]})", "wrong_type", {"name"}},
        {R"({"name":true})", "wrong_type", {"name"}},
        {R"({"value":[1]})", "wrong_type", {"value"}},
        {R"({"contact":{"email":{}}})", "wrong_type", {"contact_email"}},
        {R"({"stage":{"id":1}})", "wrong_type", {"stage"}},
        {R"({"metadata":[1]})", "wrong_type", {"metadata"}},
        {R"({"tenant_id":7})", "wrong_type", {"tenant_id"}},
        {R"({"event_time":"soon"})", "invalid_date", {"event_time"}},
        {R"({"event_time":{}})", "invalid_date", {"event_time"}},
        {R"({"external_id":{}})", "invalid_external_id", {"external_id"}},
        {"{\"external_id\":\"" + std::string(201, 'x') + "\"}", "invalid_external_id", {"external_id"}},
        {R"({"external_ids":{}})", "wrong_type", {"external_ids"}},
        {R"({"external_ids":[{"system":"Bad System","id":"1"}]})", "invalid_external_id", {"external_ids"}},
        {R"({"external_ids":[{"system":"erp"}]})", "invalid_external_id", {"external_ids"}},
        {R"({"name":[],"value":{},"stage":false,"owner":[]})", "wrong_type", {"name", "stage", "owner"}},
    };
    for (const auto& each : cases) {
        const ReadRow row = read(each.body);
        ASSERT_FALSE(row.draft) << each.body;
        EXPECT_EQ(row.draft.error().code, each.code) << each.body;
        std::vector<std::string> fields;
        for (const auto& problem : row.draft.error().details) fields.push_back(problem.field);
        EXPECT_EQ(fields, each.fields) << each.body;
    }
}

TEST(JsonDeal, AWideObjectIsRefusedQuickly) {
    std::string body = "{\"name\":\"N\"";
    for (int at = 0; at < 9'000; ++at) body += ",\"k" + std::to_string(at) + "\":1";
    EXPECT_EQ(code_of(read(body + "}")), "too_many_fields");
}

TEST(Manual, RefusesWhatIsNoJson) {
    EXPECT_EQ(post("{}", "text/plain").error().reason, Reason::UnsupportedType);
    EXPECT_EQ(post("{").error().code, "invalid_json");
    EXPECT_EQ(post(R"({"name":"a","name":"b"})").error().code, "duplicate_key");
    EXPECT_EQ(post("[]").error().code, "wrong_type");
    EXPECT_TRUE(post("{}", "application/vnd.api+json; charset=utf-8"));
    EXPECT_TRUE(post("{}", ""));
}

TEST(Manual, TheNaughtyStringsComeOutByteForByte) {
    const auto path = kShared / "data" / "blns" / "blns.json";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "the naughty strings are not here: " << path;
    const auto strings = parse_json(file_text(path));
    ASSERT_TRUE(strings);
    for (const auto& each : strings->as_array()) {
        const std::string text = scalar_text(each);
        std::string quoted;
        append_json_string(quoted, text);
        const auto all = post("{\"name\":" + quoted + ",\"own\":" + quoted + "}");
        ASSERT_TRUE(all) << text;
        ASSERT_EQ(text_of(*all->rows[0].draft, Field::Name), text);
        ASSERT_EQ(scalar_text(parse_json(all->rows[0].draft->metadata)->at("own")), text);
    }
}

} // namespace
} // namespace tributary
