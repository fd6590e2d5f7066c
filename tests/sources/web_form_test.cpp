// The web form: what a stranger's submission becomes, in its three encodings.
#include "deal/json.hpp"
#include "sources/company_size.hpp"
#include "sources/reading.hpp"

#include <gtest/gtest.h>

namespace tributary {
namespace {

using namespace testing;

Result<ReadAll> submit(const Knock& knock, std::string_view body) {
    static const SourceSpec source = web_form_source();
    return source.doors.front().read(knock.arrival(), body);
}

Result<ReadAll> submit_json(std::string_view body) { return submit({.content_type = "application/json"}, body); }

Draft draft_of(const Result<ReadAll>& all) {
    EXPECT_TRUE(all) << all.error().message;
    return *all->rows.at(0).draft;
}

std::string member(std::string_view json, std::string_view name) {
    const auto parsed = parse_json(json);
    const auto* found = parsed ? parsed->as_object().if_contains(name) : nullptr;
    if (found == nullptr) return "<absent>";
    std::string text;
    append_json(text, *found);
    return text;
}

TEST(WebForm, TakesTheExampleOfTheSpecificationInAllThreeEncodings) {
    const std::string json = file_text(kFixtures / "web_form" / "specification.json");
    const std::string encoded =
        "first_name=Jane&last_name=Doe&email=jane%40company.com&company=Company+Inc&message=Interested+in+enterprise+plan&"
        "product_interest=Enterprise+License&company_size=51-200";
    std::string form;
    const auto fields = parse_json(json);
    ASSERT_TRUE(fields);
    for (const auto& each : fields->as_object()) form += form_field(each.key(), scalar_text(each.value()));
    const std::pair<std::string, std::string> bodies[] = {
        {"application/json", json}, {"application/x-www-form-urlencoded", encoded}, {std::string(kFormType), form + std::string(kFormEnd)}};
    for (const auto& [type, body] : bodies) {
        const Draft draft = draft_of(submit({.content_type = type}, body));
        EXPECT_EQ(draft.source, Source::WebForm);
        EXPECT_EQ(text_of(draft, Field::Name), "Enterprise License - Company Inc") << type;
        EXPECT_EQ(text_of(draft, Field::Company), "Company Inc");
        EXPECT_EQ(text_of(draft, Field::ContactName), "Jane Doe");
        EXPECT_EQ(text_of(draft, Field::ContactEmail), "jane@company.com");
        EXPECT_EQ(text_of(draft, Field::Description), "Interested in enterprise plan");
        EXPECT_EQ(text_of(draft, Field::Value), "<absent>");
        EXPECT_EQ(draft.default_value_minor, 5'000'000);
        EXPECT_EQ(draft.default_value_rule, "estimate.company_size");
        EXPECT_EQ(draft.company_size, "51-200");
        EXPECT_EQ(draft.metadata, R"({"product_interest":"Enterprise License","company_size":"51-200"})");
        EXPECT_EQ(draft.lead_metadata, R"({"touch":{"at":")" + instant_text(kNow) +
                                           R"("},"product_interest":"Enterprise License","company_size":"51-200",)"
                                           R"("message":"Interested in enterprise plan"})");
        EXPECT_FALSE(draft.spam);
    }
}

TEST(WebForm, ValuesByCompanySizeHoweverTheSizeIsWritten) {
    const struct {
        std::string_view size;
        std::int64_t major;
    } cases[] = {
        {"1-10", 5'000},
        {"11-50", 15'000},
        {"51\u2013200 employees", 50'000},
        {"201 - 500", 100'000},
        {"501-1,000", 150'000},
        {"1001 to 5000", 300'000},
        {"5001+", 500'000},
        {"1000+", 300'000},
        {"5,000+", 500'000},
        {"> 5000", 500'000},
        {"7", 5'000},
        {"about 120", 50'000},
        {"10k", 500'000},
        {"10.000", 500'000},
        {"< 10", 5'000},
        {"", 10'000},
        {"unknown", 10'000},
        {"plenty", 10'000},
        {"100-500", 100'000},
        {"0", 10'000},
        {"more than 5000", 500'000},
        {"5000 or more", 500'000},
        {"99999999999999999999999", 500'000},
    };
    const ReadingRules rules{.base_currency = {{'E', 'U', 'R'}}};
    for (const auto& each : cases) EXPECT_EQ(estimate_by_size(each.size, rules).value_minor, each.major * 100) << each.size;
    EXPECT_EQ(estimate_by_size("51-200", {.base_currency = {{'J', 'P', 'Y'}}}).value_minor, 50'000);
    EXPECT_EQ(estimate_by_size("51-200", {.base_currency = {{'K', 'W', 'D'}}}).value_minor, 50'000'000);
}

TEST(WebForm, AWorkspaceMaySetItsOwnSizes) {
    const ReadingRules rules{.company_size_values = {{"Startup", 100}, {"1-99", 200}, {"100+", 300}, {"unknown", 400}}};
    EXPECT_EQ(estimate_by_size("startup", rules).value_minor, 100);
    EXPECT_EQ(estimate_by_size("99", rules).value_minor, 200);
    EXPECT_EQ(estimate_by_size("51-200", rules).value_minor, 300);
    EXPECT_EQ(estimate_by_size("Galaxy", rules).value_minor, 400);
    EXPECT_EQ(estimate_by_size("startup", rules).size, "Startup");
    const ReadingRules one_row{.company_size_values = {{"51-200", 7}}};
    EXPECT_EQ(estimate_by_size("51-200", one_row).value_minor, 7);
    EXPECT_EQ(estimate_by_size("5001+", one_row).value_minor, 50'000'000);
    EXPECT_EQ(estimate_by_size("", one_row).value_minor, 1'000'000);
}

TEST(WebForm, ABudgetIsAValueAndAnUnreadableOneLosesNobody) {
    const auto with = [](std::string_view budget) {
        return draft_of(submit_json(R"({"email":"a@b.co","budget":")" + std::string(budget) + "\"}"));
    };
    EXPECT_EQ(text_of(with("$5k"), Field::Value), "$5k");
    EXPECT_FALSE(with("$5k").default_value_minor);
    for (const std::string_view thousands : {"15.000", "15,000"}) {
        const Draft draft = with(thousands);
        EXPECT_EQ(parse_written_amount(text_of(draft, Field::Value), {}, draft.decimal_mark)->minor, 1'500'000) << thousands;
    }
    const Draft odd = with("somewhere around ten");
    EXPECT_EQ(text_of(odd, Field::Value), "<absent>");
    EXPECT_EQ(odd.default_value_minor, 1'000'000);
    EXPECT_EQ(odd.metadata, R"({"budget":"somewhere around ten"})");
    EXPECT_EQ(odd.warnings.at(0).field, "budget");
}

TEST(WebForm, IsNamedAfterWhatIsKnown) {
    const auto name = [](std::string_view members) {
        return text_of(draft_of(submit_json("{\"email\":\"a@b.co\"" + std::string(members) + "}")), Field::Name);
    };
    EXPECT_EQ(name(""), "Web inquiry - a@b.co");
    EXPECT_EQ(name(R"(,"name":"Ann Lee")"), "Web inquiry - Ann Lee");
    EXPECT_EQ(name(R"(,"firstName":"Ann","company":" Acme ","interest":["Pro","Plus"])"), "Pro, Plus - Acme");
    EXPECT_EQ(name(",\"company\":\"" + std::string(600, 'x') + "\"").size(), 500U);
}

TEST(WebForm, KeepsWhereTheVisitorCameFrom) {
    Knock knock{.content_type = "application/json"};
    knock.query = {{"utm_source", "query"}, {"utm_campaign", "spring"}, {"gclid", "G1"}, {"tenant_id", "t"}};
    knock.referer = "https://acme.example/demo?utm_source=page&utm_medium=cpc&fbclid=F%201#top";
    const Draft draft = draft_of(submit(
        knock,
        R"({"email":"a@b.co","utm":{"source":"body","utm_term":"crm"},"landing_page":"https://acme.example/","referrer":"https://search.example/"})"));
    EXPECT_EQ(
        member(draft.lead_metadata, "touch"),
        R"({"utm_source":"body","utm_medium":"cpc","utm_campaign":"spring","utm_term":"crm","gclid":"G1","fbclid":"F 1","referrer":"https://search.example/",)"
        R"("landing_page":"https://acme.example/","page":"https://acme.example/demo?utm_source=page&utm_medium=cpc&fbclid=F%201#top","at":")" +
            instant_text(kNow) + "\"}");
    EXPECT_EQ(member(draft.metadata, "utm_source"), "\"body\"");
    EXPECT_EQ(member(draft.metadata, "tenant_id"), "<absent>");
}

TEST(WebForm, ProgramsAreMarkedAndKept) {
    const auto spam = [](std::string_view members) {
        const Draft draft = draft_of(submit_json("{\"email\":\"a@b.co\"" + std::string(members) + "}"));
        EXPECT_EQ(draft.metadata, "");
        return draft.spam ? draft.spam_reason : "";
    };
    EXPECT_EQ(spam(R"(,"website_url_confirm":"http://x")"), "honeypot");
    EXPECT_EQ(spam(R"(,"_gotcha":"1")"), "honeypot");
    EXPECT_EQ(spam(R"(,"website_url_confirm":"","_gotcha":" ")"), "");
    EXPECT_EQ(spam(",\"_started_at\":" + std::to_string(kNow - 1'999)), "too_fast");
    EXPECT_EQ(spam(",\"_started_at\":\"" + std::to_string(kNow - 500) + "\""), "too_fast");
    EXPECT_EQ(spam(",\"_started_at\":" + std::to_string(kNow - 2'000)), "");
    EXPECT_EQ(spam(",\"_started_at\":" + std::to_string(kNow + 60'000)), ""); // a visitor's clock may be ahead
    EXPECT_EQ(spam(R"(,"_started_at":"yesterday")"), "");
}

TEST(WebForm, AVisitorSetsOnlyWhatAVisitorMaySay) {
    const auto all = submit_json(
        R"({"email":"a@b.co","stage":"closed_won","probability":100,"owner":"me","external_id":"x","is_spam":false,"form_key":"pk_1",
        "created_at":"2020-01-01","tenant_id":"t","agree":true,"topics":["a","b"]})");
    const Draft draft = draft_of(all);
    for (const Field field : kFields)
        EXPECT_EQ(draft[field].has_value(), field == Field::Name || field == Field::ContactEmail) << field_key(field);
    EXPECT_TRUE(draft.external_ids.empty());
    EXPECT_EQ(draft.metadata,
              R"({"stage":"closed_won","probability":100,"owner":"me","external_id":"x","is_spam":false,"created_at":"2020-01-01",)"
              R"("agree":true,"topics":["a","b"]})");
    EXPECT_EQ(all->rows[0].tenant_id, "t");
}

TEST(WebForm, NeedsAnAddressThatCanBeMailedTo) {
    const struct {
        std::string_view email;
        std::string_view code;
    } cases[] = {
        {"", "missing_field"},
        {" ", "missing_field"},
        {"jane", "invalid_email"},
        {"@b.co", "invalid_email"},
        {"a@", "invalid_email"},
        {"a@b", "invalid_email"},
        {"a@b..co", "invalid_email"},
        {"a b@c.de", "invalid_email"},
        {"a@b@c.de", "invalid_email"},
        {"a@.co", "invalid_email"},
        {"a@b.co,c@d.ef", "invalid_email"},
    };
    for (const auto& each : cases) {
        const auto refused = submit_json(R"({"email":")" + std::string(each.email) + "\"}");
        ASSERT_FALSE(refused) << each.email;
        EXPECT_EQ(refused.error().code, each.code) << each.email;
        EXPECT_EQ(refused.error().details.at(0).field, "email");
    }
    EXPECT_EQ(submit_json("{}").error().code, "missing_field");
    EXPECT_EQ(text_of(draft_of(submit_json(R"({"email":" J\u00f6rg+x@m\u00fcller.example "})")), Field::ContactEmail),
              "J\xC3\xB6rg+x@m\xC3\xBCller.example");
}

TEST(WebForm, RefusesWhatIsNoForm) {
    EXPECT_EQ(submit({.content_type = "text/plain"}, "email=a@b.co").error().reason, Reason::UnsupportedType);
    EXPECT_EQ(submit_json("[]").error().code, "wrong_type");
    EXPECT_EQ(submit_json("{").error().code, "invalid_json");
    EXPECT_EQ(submit_json(R"({"email":"a@b.co","company":{"at":"b"}})").error().code, "wrong_type");
    EXPECT_EQ(submit({.content_type = std::string(kFormType)}, "x").error().code, "invalid_multipart");
    EXPECT_EQ(submit({.content_type = std::string(kFormType)}, form_field("email", "\xFF") + std::string(kFormEnd)).error().code,
              "invalid_utf8");
    const Draft with_file = draft_of(
        submit({.content_type = std::string(kFormType)}, form_field("email", "a@b.co") + form_file("bytes") + std::string(kFormEnd)));
    EXPECT_EQ(with_file.warnings.at(0).code, "file_ignored");
}

TEST(WebForm, TheNaughtyStringsComeOutByteForByte) {
    const auto path = kShared / "data" / "blns" / "blns.json";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "the naughty strings are not here: " << path;
    const auto strings = parse_json(file_text(path));
    ASSERT_TRUE(strings);
    std::size_t tried = 0;
    for (const auto& each : strings->as_array()) {
        const std::string text = scalar_text(each);
        if (text.find_first_not_of(" \t\r\n\v\f") == std::string::npos) continue; // blank is absent
        std::string encoded;
        for (const char c : text) {
            constexpr std::string_view kHex = "0123456789ABCDEF";
            encoded += {'%', kHex[static_cast<unsigned char>(c) >> 4U], kHex[static_cast<unsigned char>(c) & 15U]};
        }
        const Draft from_url =
            draft_of(submit({.content_type = "application/x-www-form-urlencoded"}, "email=a@b.co&message=" + encoded + "&own=" + encoded));
        const Draft from_form =
            draft_of(submit({.content_type = std::string(kFormType)},
                            form_field("email", "a@b.co") + form_field("message", text) + form_field("own", text) + std::string(kFormEnd)));
        ASSERT_EQ(text_of(from_url, Field::Description), text);
        ASSERT_EQ(text_of(from_form, Field::Description), text);
        ASSERT_EQ(scalar_text(parse_json(from_url.metadata)->at("own")), text);
        ++tried;
    }
    EXPECT_GT(tried, 450U);
}

} // namespace
} // namespace tributary
