// The CSV door: what a file becomes, and what is said when it cannot.
#include "deal/json.hpp"
#include "sources/csv_door.hpp"

#include <gtest/gtest.h>
#include <map>
#include <rapidcheck.h>

namespace tributary {
namespace {

using namespace testing;

TEST(Csv, TakesTheColumnsOfTheSpecificationInBothSpellings) {
    const std::string_view long_form =
        "Deal Name,Company,Value,Stage,Probability,Expected Close Date,Contact Email,Contact Name,Description\n"
        "Big,Acme,1200,Proposal,60,2026-06-01,a@b.co,Ann Lee,Words\n";
    const std::string_view short_form = "name,Account,Amount,Stage Name,probability,close_date,email,contact,description\n"
                                        "Big,Acme,1200,Proposal,60,2026-06-01,a@b.co,Ann Lee,Words\n";
    for (const auto file : {long_form, short_form}) {
        const Draft draft = only(upload(file));
        EXPECT_EQ(text_of(draft, Field::Name), "Big");
        EXPECT_EQ(text_of(draft, Field::Company), "Acme");
        EXPECT_EQ(text_of(draft, Field::Value), "1200");
        EXPECT_EQ(text_of(draft, Field::Stage), "Proposal");
        EXPECT_EQ(text_of(draft, Field::Probability), "60");
        EXPECT_EQ(text_of(draft, Field::ExpectedCloseDate), "2026-06-01");
        EXPECT_EQ(text_of(draft, Field::ContactEmail), "a@b.co");
        EXPECT_EQ(text_of(draft, Field::ContactName), "Ann Lee");
        EXPECT_EQ(text_of(draft, Field::Description), "Words");
        EXPECT_EQ(draft.metadata, "");
        EXPECT_EQ(draft.reading, Reading::Written);
        EXPECT_EQ(draft.source, Source::Csv);
    }
}

TEST(Csv, TakesTheHeadersOfCommonExports) {
    const struct {
        std::string_view header;
        std::vector<std::optional<Field>> fields; // nullopt: external id; ValueEstimated stands for metadata
    } exports[] = {
        {"Record ID,Deal Name,Deal Stage,Close Date,Deal owner,Amount,Pipeline",
         {std::nullopt, Field::Name, Field::Stage, Field::ExpectedCloseDate, Field::Owner, Field::Value, Field::ValueEstimated}},
        {"Opportunity ID,Opportunity Name,Account Name,Amount,Close Date,Stage,Probability (%),Opportunity Owner,Created Date,Lead "
         "Source,Loss Reason",
         {std::nullopt, Field::Name, Field::Company, Field::Value, Field::ExpectedCloseDate, Field::Stage, Field::Probability, Field::Owner,
          Field::CreatedAt, Field::ValueEstimated, Field::LostReason}},
        {"Deal - ID,Deal - Title,Deal - Organization,Deal - Value,Deal - Currency of Value,Deal - Expected close date,Deal - Owner,Deal - "
         "Status",
         {std::nullopt, Field::Name, Field::Company, Field::Value, Field::Currency, Field::ExpectedCloseDate, Field::Owner,
          Field::ValueEstimated}},
        {"Record Id,Deal Name,Account Name,Closing Date,Deal Owner,Reason For Loss,Contact Name",
         {std::nullopt, Field::Name, Field::Company, Field::ExpectedCloseDate, Field::Owner, Field::LostReason, Field::ContactName}},
        {"Id,Name,Amount,StageName,CloseDate,CurrencyIsoCode,AccountId",
         {std::nullopt, Field::Name, Field::Value, Field::Stage, Field::ExpectedCloseDate, Field::Currency, Field::ValueEstimated}},
    };
    for (const auto& each : exports) {
        std::string row;
        for (std::size_t at = 0; at < each.fields.size(); ++at) row += (at > 0 ? ",v" : "v") + std::to_string(at);
        const Streamed streamed = upload(std::string(each.header) + "\n" + row + "\n");
        const Draft draft = only(streamed);
        for (std::size_t at = 0; at < each.fields.size(); ++at) {
            const std::string value = "v" + std::to_string(at);
            if (!each.fields[at])
                EXPECT_EQ(draft.external_ids, (std::vector<ExternalId>{{"csv", value}})) << each.header;
            else if (*each.fields[at] == Field::ValueEstimated)
                EXPECT_NE(draft.metadata.find(value), std::string::npos) << each.header;
            else
                EXPECT_EQ(text_of(draft, *each.fields[at]), value) << each.header;
        }
    }
}

TEST(Csv, KeepsEveryOtherColumnAsMetadataUnderItsOwnHeader) {
    const Draft draft = only(upload("Deal Name, Lead Source ,Empty,\"Say \"\"hi\"\"\",,Notes!,Notes!\nX,\"a \"\"b\"\"\nc\",,1,2,3,4\n"));
    EXPECT_EQ(draft.metadata, R"x({"Lead Source":"a \"b\"\nc","Say \"hi\"":"1","column 5":"2","Notes! (2)":"4"})x");
    EXPECT_EQ(text_of(draft, Field::Description), "3");
}

TEST(Csv, TenantAndWorkspaceAreAssertionsAndNeverMetadata) {
    const Streamed streamed = upload("name,tenant_id,Workspace ID\nX,t1,w1\n");
    EXPECT_EQ(only(streamed).metadata, "");
    EXPECT_EQ(streamed.rows[0].tenant_id, "t1");
    EXPECT_EQ(streamed.rows[0].workspace_id, "w1");
    const Streamed form = upload_form(form_field("tenant_id", "t2") + form_file("name\nX\n") + std::string(kFormEnd));
    EXPECT_EQ(form.rows.at(0).tenant_id, "t2");
}

TEST(Csv, ABadRowDoesNotSpoilItsNeighbours) {
    const Streamed streamed = upload("name,value\nA,1\nB,2,extra\nC,3,\nD\n\xFF\xFF,5\nF,\"6\nnever closed", {{"encoding", "utf-8"}});
    ASSERT_TRUE(streamed.outcome);
    ASSERT_EQ(streamed.rows.size(), 6U);
    const std::vector<std::string> codes = {"", "too_many_columns", "", "", "invalid_utf8", "unterminated_quote"};
    for (std::size_t at = 0; at < codes.size(); ++at) {
        EXPECT_EQ(code_of(streamed.rows[at]), codes[at]) << at;
        EXPECT_EQ(streamed.rows[at].row, at);
        EXPECT_EQ(streamed.rows[at].line, at + 2);
    }
    EXPECT_EQ(streamed.rows[1].raw, "B,2,extra");
    EXPECT_EQ(streamed.rows[0].raw, "");
    const FieldProblem& problem = streamed.rows[1].draft.error().details.at(0);
    EXPECT_EQ(problem.value, "extra");
    EXPECT_NE(problem.message.find("line 3"), std::string::npos);
    EXPECT_EQ(streamed.rows[5].draft.error().details.at(0).field, "value");
    EXPECT_EQ(text_of(*streamed.rows[3].draft, Field::Value), "<absent>");
}

TEST(Csv, RowsThatSayNothingAreSkippedAndNotCounted) {
    const Streamed streamed = upload("name,value\n\nA,1\n,\n  , \nB,2\n\n");
    ASSERT_EQ(streamed.rows.size(), 2U);
    EXPECT_EQ(streamed.rows[1].row, 1U);
    EXPECT_EQ(streamed.rows[1].line, 6U);
}

TEST(Csv, SniffsTheDelimiter) {
    for (const char delimiter : {',', ';', '\t', '|'}) {
        std::string file = "Deal Name#Company#Note\nOne#Acme, Inc#\"a;b|c\"\nTwo#Bolt; Co#x\n";
        std::ranges::replace(file, '#', delimiter);
        if (delimiter == ',') file = "Deal Name,Company,Note\nOne,\"Acme, Inc\",a;b|c\nTwo,Bolt; Co,x\n";
        if (delimiter == ';') file = "Deal Name;Company;Note\nOne;Acme, Inc;\"a;b|c\"\nTwo;\"Bolt; Co\";x\n";
        const Streamed streamed = upload(file);
        ASSERT_EQ(streamed.rows.size(), 2U) << delimiter;
        EXPECT_EQ(text_of(*streamed.rows[0].draft, Field::Company), "Acme, Inc") << delimiter;
        EXPECT_EQ(text_of(*streamed.rows[1].draft, Field::Company), "Bolt; Co") << delimiter;
    }
    EXPECT_EQ(text_of(only(upload("Deal Name\nAcme\n")), Field::Name), "Acme");
    const Streamed named = upload("sep=;\r\nname;value\r\nX;1,5\r\n");
    EXPECT_EQ(text_of(only(named), Field::Value), "1.5");
    EXPECT_EQ(named.rows[0].line, 3U);
}

std::string utf16(std::string_view ascii, bool big_endian) {
    std::string out = big_endian ? "\xFE\xFF" : "\xFF\xFE";
    for (const char c : ascii) {
        if (big_endian) out.push_back('\0');
        out.push_back(c);
        if (!big_endian) out.push_back('\0');
    }
    return out;
}

TEST(Csv, ReadsTheEncodingsOfSpreadsheets) {
    EXPECT_EQ(text_of(only(upload("\xEF\xBB\xBFname\nM\xC3\xBCller\n")), Field::Name), "M\xC3\xBCller");
    EXPECT_EQ(text_of(only(upload("name\nM\xFCller \x80\n")), Field::Name), "M\xC3\xBCller \xE2\x82\xAC"); // windows-1252
    for (const bool big_endian : {false, true}) {
        for (const std::size_t chunk : {1, 3, 1000}) {
            EXPECT_EQ(text_of(only(upload(utf16("name\tvalue\r\nX\t1\r\n", big_endian), {}, chunk)), Field::Value), "1") << chunk;
        }
    }
    EXPECT_EQ(text_of(only(upload("name\n\x8F\xAC\n", {{"encoding", "shift_jis"}})), Field::Name), "\xE5\xB0\x8F");
    EXPECT_EQ(code_of(upload("name\nX\n", {{"encoding", "klingon"}})), "invalid_option");
}

TEST(Csv, AMappingNamesColumnsTranslatesValuesAndFillsGaps) {
    const std::string mapping =
        R"({"fields":{"Produkt":"name","betrag":"value","Nr":"external_id","Owner":null,"Stage":"metadata","Phase":"stage"},
        "values":{"stage":{"Gewonnen":"closed_won"," verloren ":"closed_lost"},"Quelle":{"Web":"website"}},
        "defaults":{"currency":"EUR","stage":"proposal"}})";
    const Streamed streamed =
        upload("Produkt;Betrag;Nr;Owner;Stage;Phase;Quelle\nA;1;7;Bob;x;GEWONNEN ;web\nB;2;8;Bob;x; ;Messe\n", {{"mapping", mapping}});
    ASSERT_EQ(streamed.rows.size(), 2U) << streamed.outcome.error().message;
    const Draft& first = *streamed.rows[0].draft;
    EXPECT_EQ(text_of(first, Field::Name), "A");
    EXPECT_EQ(text_of(first, Field::Value), "1");
    EXPECT_EQ(text_of(first, Field::Stage), "closed_won");
    EXPECT_EQ(text_of(first, Field::Currency), "EUR");
    EXPECT_EQ(text_of(first, Field::Owner), "<absent>");
    EXPECT_EQ(first.external_ids, (std::vector<ExternalId>{{"csv", "7"}}));
    EXPECT_EQ(first.metadata, R"({"Stage":"x","Quelle":"website"})");
    EXPECT_EQ(text_of(*streamed.rows[1].draft, Field::Stage), "proposal");
    EXPECT_EQ(streamed.rows[1].draft->metadata, R"({"Stage":"x","Quelle":"Messe"})");
}

TEST(Csv, OfTwoColumnsForOneFieldTheFirstWinsAndTheOtherIsKept) {
    const Streamed streamed = upload("Deal Name,Account,Account Name\nX,A,B\n");
    EXPECT_EQ(text_of(only(streamed), Field::Company), "A");
    EXPECT_EQ(only(streamed).metadata, R"({"Account Name":"B"})");
    const auto understood = parse_json(streamed.understood);
    ASSERT_TRUE(understood);
    const auto& warning = understood->at("warnings").at(0);
    EXPECT_EQ(warning.at("field"), "Account Name");
    EXPECT_EQ(warning.at("code"), "duplicate_column");
}

TEST(Csv, SaysHowItUnderstoodTheFile) {
    const Streamed streamed = upload("name;amount;x;y\nA;1,5;b;c\n", {{"mapping", R"({"fields":{"y":null}})"}, {"automations", "false"}});
    EXPECT_EQ(
        streamed.understood,
        R"({"format":"csv","encoding":"utf-8","encoding_evidence":"It is UTF-8.","delimiter":";","quote":"\"","header_line":1,)"
        R"("header":["name","amount","x","y"],"header_fingerprint":"05773e9c969c8f7d9a4e9bccc9d36cdb52fd90399014125d3ccb39ffe0570466",)"
        R"("mapping":{"from":"request"},"date_order":"undecided","decimal_mark":",","columns":[)"
        R"({"header":"name","field":"name","match":"exact","confidence":1,"reason":"This is the field's own name."},)"
        R"({"header":"amount","field":"value","match":"alias","confidence":0.95,"reason":"A known name of the field.","reading":",",)"
        R"("evidence":"\"1,5\" in line 2 can only have a decimal comma."},{"header":"x","field":"metadata","match":"none","confidence":0,)"
        R"("reason":"No field has this name; kept in source_metadata."},)"
        R"({"header":"y","field":null,"match":"told","confidence":1,"reason":"The mapping says so."}],"needs_decision":[],"skipped_rows":0,"skipped":[],"warnings":[]})");
    EXPECT_EQ(streamed.raw, "name;amount;x;y\nA;1,5;b;c\n");
}

TEST(Csv, TakesItsOwnErrorsFileBackAgain) {
    const std::string_view file = "Deal Name,Note,_line,_code,_error\nX,'=1+1,3,not_a_number,Why\n";
    EXPECT_EQ(only(upload(file)).metadata, R"({"Note":"=1+1"})");
    EXPECT_EQ(only(upload("Deal Name,Note\nX,'=1+1\n")).metadata, R"({"Note":"'=1+1"})");
    EXPECT_EQ(only(upload("Deal Name,_code\nX,7\n")).metadata, R"({"_code":"7"})") << "a customer's own column";
}

TEST(Csv, TheMavenOpportunitiesAreAllRead) {
    const auto path = kShared / "data" / "crm-maven" / "sales_pipeline.csv";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "the Maven file is not here: " << path;
    const std::string mapping = R"({"fields":{"opportunity_id":"external_id","product":"name","account":"company","sales_agent":"owner",
        "deal_stage":"stage","engage_date":"created_at","close_date":"expected_close_date","close_value":"value"},
        "values":{"stage":{"Prospecting":"discovery","Engaging":"qualification","Won":"closed_won","Lost":"closed_lost"}}})";
    const Streamed streamed = upload_form(form_field("mapping", mapping) + form_file(file_text(path)) + std::string(kFormEnd), 10'000);
    ASSERT_TRUE(streamed.outcome) << streamed.outcome.error().message;
    ASSERT_EQ(streamed.rows.size(), 8'800U);
    std::map<std::string, int> stages;
    for (const ReadRow& row : streamed.rows) {
        ASSERT_TRUE(row.draft);
        ASSERT_EQ(row.draft->external_ids.size(), 1U);
        ++stages[text_of(*row.draft, Field::Stage)];
    }
    EXPECT_EQ(stages,
              (std::map<std::string, int>{{"discovery", 500}, {"qualification", 1'589}, {"closed_won", 4'238}, {"closed_lost", 2'473}}));
    const Draft& first = *streamed.rows[0].draft;
    EXPECT_EQ(first.external_ids[0], (ExternalId{"csv", "1C1I7A6R"}));
    EXPECT_EQ(text_of(first, Field::Name), "GTX Plus Basic");
    EXPECT_EQ(text_of(first, Field::Company), "Cancity");
    EXPECT_EQ(text_of(first, Field::Owner), "Moses Frase");
    EXPECT_EQ(text_of(first, Field::CreatedAt), "2016-10-20");
    EXPECT_EQ(text_of(first, Field::ExpectedCloseDate), "2017-03-01");
    EXPECT_EQ(text_of(first, Field::Value), "1054");
}

TEST(Csv, ReadsWhatASpreadsheetInGermanySaves) {
    const std::string mapping =
        R"({"fields":{"Angebot":"name","Firma":"company","Betrag":"value","Phase":"stage","Abschluss":"expected_close_date",
        "Kontakt":"contact_email"},"values":{"stage":{"Angebot":"proposal","gewonnen":"closed_won"}},"defaults":{"currency":"EUR"}})";
    const Streamed streamed = upload(file_text(kFixtures / "csv" / "german_excel.csv"), {{"mapping", mapping}});
    ASSERT_TRUE(streamed.outcome) << streamed.outcome.error().message;
    ASSERT_EQ(streamed.rows.size(), 2U);
    const Draft& first = *streamed.rows[0].draft;
    EXPECT_EQ(text_of(first, Field::Company), "M\xC3\xBCller; S\xC3\xB6hne GmbH");
    EXPECT_EQ(text_of(first, Field::Stage), "proposal");
    EXPECT_EQ(parse_written_amount(text_of(first, Field::Value), {}, first.decimal_mark)->minor, 1'250'000);
    EXPECT_EQ(text_of(*streamed.rows[1].draft, Field::Name), "Lizenz \"Pro\"");
    EXPECT_EQ(text_of(*streamed.rows[1].draft, Field::Stage), "closed_won");
}

TEST(Csv, ReadsADealExportOfHubSpot) {
    const Draft draft = only(upload(file_text(kFixtures / "csv" / "hubspot_export.csv")));
    EXPECT_EQ(draft.external_ids, (std::vector<ExternalId>{{"csv", "144703760059"}}));
    EXPECT_EQ(text_of(draft, Field::Name), "Enterprise \xE2\x80\x94 Acme");
    EXPECT_EQ(text_of(draft, Field::Company), "Acme");
    EXPECT_EQ(text_of(draft, Field::ExpectedCloseDate), "2026-12-07");
    EXPECT_EQ(text_of(draft, Field::Description), "Two\nlines, and a comma");
    EXPECT_EQ(draft.metadata, R"({"Pipeline":"Sales Pipeline"})");
}

} // namespace
} // namespace tributary
