// Which column is which field, how sure that is, and what a mapping may say about it.
#include "deal/json.hpp"
#include "sources/csv_door.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tributary {
namespace {

using namespace testing;

// What the plan says of one column.
boost::json::value column_of(const Streamed& streamed, std::string_view header) {
    const auto understood = parse_json(streamed.understood);
    EXPECT_TRUE(understood) << streamed.understood;
    if (!understood) return {};
    for (const auto& column : understood->at("columns").as_array()) {
        if (column.at("header").as_string() == header) return column;
    }
    ADD_FAILURE() << "no column " << header << " in " << streamed.understood;
    return {};
}

std::string shown(const boost::json::value& column, std::string_view member) {
    const auto* value = column.as_object().if_contains(member);
    return value == nullptr ? "<absent>" : scalar_text(*value);
}

// "field match confidence" of a column below which stands one unremarkable row.
std::string match_of(std::string_view header, std::string_view cell = "") {
    const Streamed streamed = upload("Deal Name," + std::string(header) + "\nX," + std::string(cell) + "\n");
    const auto column = column_of(streamed, header);
    return shown(column, "field") + " " + shown(column, "match") + " " + shown(column, "confidence");
}

TEST(CsvMapping, EveryColumnSaysHowSureItIsAndWhy) {
    EXPECT_EQ(match_of("Company"), "company exact 1");
    EXPECT_EQ(match_of("contact_email"), "contact_email exact 1");
    EXPECT_EQ(match_of("Account Name"), "company alias 0.95");
    EXPECT_EQ(match_of("Customer"), "company alias 0.85");
    EXPECT_EQ(match_of("Comapny"), "company similar 0.8");
    EXPECT_EQ(match_of("Region"), "metadata none 0");
    const Streamed told = upload("Deal Name,Region\nX,North\n", {{"mapping", R"({"fields":{"Region":"owner"}})"}});
    EXPECT_EQ(shown(column_of(told, "Region"), "match"), "told");
    EXPECT_EQ(shown(column_of(told, "Region"), "reason"), "The mapping says so.");
}

TEST(CsvMapping, AHeaderATypingErrorAPluralOrAWordOrderAwayIsThatField) {
    const std::pair<std::string_view, std::string_view> headers[] = {
        {"Vlaue", "value"},
        {"Ammount", "value"},
        {"Probabilty", "probability"},
        {"Propabilitty", "probability"},
        {"Expected Clsoe Date", "expected_close_date"},
        {"Date Expected Close", "expected_close_date"},
        {"Company Names", "company"},
        {"Name of the Company", "company"},
        {"Contact Emails", "contact_email"},
        {"Descripton", "description"},
        {"Oportunity Owner", "owner"},
        {"oppurtunityStage", "stage"},
        {"Phone Nubmer", "contact_phone"},
        {"delaowner", "owner"},
        {"Close Dtae", "expected_close_date"},
        {"Comapny Nmae", "company"},
        {"Reasons for Loss", "lost_reason"},
    };
    for (const auto& [header, field] : headers) {
        EXPECT_TRUE(match_of(header).starts_with(std::string(field) + " similar ")) << header << ": " << match_of(header);
    }
}

TEST(CsvMapping, AHeaderThatIsAnotherWordIsNoTypingError) {
    for (const std::string_view header :
         {"Contract",      "Contract Name", "Deal State",    "State",  "Closed Date", "Contact Date", "Sales Rev", "salesrev",
          "Deal Owner ID", "Email 2",       "Expected Cost", "Status", "Created By",  "Nmae",         "Valu",      "Mount",
          "Stor",          "Country",       "Valve",         "Price",  "Deals IDs",   "Recrod ID",    "Dael ID"}) {
        EXPECT_EQ(match_of(header), "metadata none 0") << header;
    }
}

TEST(CsvMapping, NoHeaderBreaksTheSearchAndIdsAreNeverGuessed) {
    EXPECT_TRUE(rc::check("any bytes", [](const std::string& header) {
        const auto guess = similar_field(header);
        RC_ASSERT(!guess || (guess->hint.percent >= 70 && guess->hint.percent <= 90));
    }));
    EXPECT_TRUE(rc::check("a letter too many, too few or exchanged", [] {
        std::string header =
            *rc::gen::element<std::string>("Opportunity ID", "Record ID", "External ID", "Tenant ID", "Workspace ID", "Deal ID");
        const auto at = *rc::gen::inRange<std::size_t>(0, header.size() - 1);
        switch (*rc::gen::inRange(0, 3)) {
        case 0: header.erase(at, 1); break;
        case 1: header.insert(at, 1, 'x'); break;
        default: std::swap(header[at], header[at + 1]); break;
        }
        RC_ASSERT(!similar_field(header));
    }));
}

TEST(CsvMapping, ALonePluralThatMayBeACountIsOnlySuggested) {
    const Streamed streamed = upload("Deal Name,Contacts\nX,3\n");
    const auto column = column_of(streamed, "Contacts");
    EXPECT_EQ(shown(column, "field"), "metadata");
    EXPECT_EQ(shown(column.at("suggestion"), "field"), "contact_name");
    EXPECT_EQ(only(streamed).metadata, R"({"Contacts":"3"})");
}

TEST(CsvMapping, AFieldThatAColumnHasIsNeverGuessedAgain) {
    const Streamed streamed = upload("Deal Name,Value,Vlaue\nX,1,2\n");
    EXPECT_EQ(text_of(only(streamed), Field::Value), "1");
    EXPECT_EQ(shown(column_of(streamed, "Vlaue"), "match"), "none");
    const Streamed two = upload("Deal Name,Vlaue,Valuee\nX,1,2\n");
    EXPECT_EQ(only(two).metadata, R"({"Vlaue":"1","Valuee":"2"})");
    EXPECT_EQ(shown(column_of(two, "Vlaue").at("suggestion"), "field"), "value");
    EXPECT_EQ(shown(column_of(two, "Valuee").at("suggestion"), "field"), "value");
}

TEST(CsvMapping, ASimilarHeaderAboveCellsThatCannotBeItIsOnlySuggested) {
    const Streamed streamed = upload("Deal Name,Contact Emial,Clsoe Date\nX,by phone,soon\n");
    EXPECT_EQ(only(streamed).metadata, R"({"Contact Emial":"by phone","Clsoe Date":"soon"})");
    EXPECT_EQ(shown(column_of(streamed, "Clsoe Date").at("suggestion"), "field"), "expected_close_date");
}

TEST(CsvMapping, TheMappingOverrulesEveryGuess) {
    const Streamed streamed = upload("Deal Name,Comapny,Post\nX,Acme,a@b.co\nY,Acme,c@d.co\nZ,Acme,e@f.co\n",
                                     {{"mapping", R"({"fields":{"Comapny":"metadata","Post":null}})"}});
    ASSERT_EQ(streamed.rows.size(), 3U);
    EXPECT_EQ(streamed.rows[0].draft->metadata, R"({"Comapny":"Acme"})");
    EXPECT_EQ(text_of(*streamed.rows[0].draft, Field::ContactEmail), "<absent>");
}

TEST(CsvMapping, AColumnOfAddressesIsTheContactsWhenNothingSpeaksAgainstIt) {
    const auto mails = [](std::string_view header, std::string_view more = "") {
        return "Deal Name," + std::string(header) + "\nA,a@acme.co\nB,b@globex.co\nC,\nD,d@initech.co\n" + std::string(more);
    };
    const Streamed taken = upload(mails("Post"));
    EXPECT_EQ(text_of(*taken.rows.at(0).draft, Field::ContactEmail), "a@acme.co");
    EXPECT_EQ(shown(column_of(taken, "Post"), "match"), "content");
    EXPECT_EQ(shown(column_of(taken, "Post"), "reason"), "All 3 cells looked at are e-mail addresses.");
    EXPECT_EQ(shown(column_of(upload(mails("Post", "E,by phone\n")), "Post"), "field"), "metadata");
    EXPECT_EQ(shown(column_of(upload(mails("Created by")), "Created by"), "field"), "metadata");
    const Streamed few_people = upload("Deal Name,Wer\nA,kim@we.co\nB,kim@we.co\nC,kim@we.co\nD,jo@we.co\n");
    EXPECT_EQ(shown(column_of(few_people, "Wer"), "field"), "metadata");
    EXPECT_EQ(shown(column_of(few_people, "Wer").at("suggestion"), "field"), "contact_email");
    EXPECT_EQ(shown(column_of(upload("Deal Name,Post\nA,a@b.co\n"), "Post"), "match"), "none"); // one cell is no evidence
}

TEST(CsvMapping, AColumnOfStagesIsTheStageUnlessItTellsOfAnotherTime) {
    const auto stages = [](std::string_view header) {
        return "Deal Name," + std::string(header) + "\nA,Proposal\nB,Closed Won\nC,negotiation\n";
    };
    EXPECT_EQ(shown(column_of(upload(stages("Phase")), "Phase"), "field"), "stage");
    const auto before = column_of(upload(stages("Previously")), "Previously");
    EXPECT_EQ(shown(before, "field"), "metadata");
    EXPECT_EQ(shown(before.at("suggestion"), "field"), "stage");
    const Streamed two = upload("Deal Name,Phase,Etappe\nA,proposal,discovery\nB,proposal,discovery\nC,negotiation,proposal\n");
    EXPECT_EQ(shown(column_of(two, "Phase"), "field"), "metadata");
    EXPECT_EQ(shown(column_of(two, "Etappe"), "field"), "metadata");
}

TEST(CsvMapping, DaysAmountsAndCurrenciesAreSuggestedByTheirCellsAndNeverTaken) {
    const Streamed streamed =
        upload("Deal Name,Wann,Wie viel,Geld,Nr\nA,2026-06-01,EUR 5,EUR,1\nB,2026-06-02,$7,USD,2\nC,1.7.2026,€ 9,EUR,3\n");
    EXPECT_EQ(shown(column_of(streamed, "Wann").at("suggestion"), "field"), "expected_close_date");
    EXPECT_EQ(shown(column_of(streamed, "Wie viel").at("suggestion"), "field"), "value");
    EXPECT_EQ(shown(column_of(streamed, "Geld").at("suggestion"), "field"), "currency");
    EXPECT_EQ(shown(column_of(streamed, "Nr"), "suggestion"), "<absent>");
    EXPECT_EQ(streamed.rows.at(0).draft->metadata, R"({"Wann":"2026-06-01","Wie viel":"EUR 5","Geld":"EUR","Nr":"1"})");
}

TEST(CsvMapping, ANamedHeaderLineStillShowsTheCellsBelowIt) {
    const Streamed streamed = upload("Report\nDeal Name,Post\nA,a@b.co\nB,b@b.co\nC,c@b.co\n", {{"header_line", "2"}});
    EXPECT_EQ(shown(column_of(streamed, "Post"), "match"), "content");
}

TEST(CsvMapping, ValueMapsTranslateStageSourceOwnerAndCurrency) {
    const std::string mapping = R"({"values":{"stage":{"Angebot":"proposal"},"source":{"Messe":"Trade fair"},)"
                                R"("owner":{"kim":"Kim Lee"},"currency":{"Taler":"EUR"}}})";
    const Streamed streamed =
        upload("Deal Name,Stage,Lead Source,Owner,Currency,Amount\nX, angebot ,MESSE,Kim,taler,5\nY,Discovery,Web,Jo,USD,6\n",
               {{"mapping", mapping}});
    const Draft& first = *streamed.rows.at(0).draft;
    EXPECT_EQ(text_of(first, Field::Stage), "proposal");
    EXPECT_EQ(first.metadata, R"({"Lead Source":"Trade fair"})");
    EXPECT_EQ(text_of(first, Field::Owner), "Kim Lee");
    EXPECT_EQ(text_of(first, Field::Currency), "EUR");
    const Draft& second = *streamed.rows.at(1).draft;
    EXPECT_EQ(text_of(second, Field::Stage), "Discovery");
    EXPECT_EQ(second.metadata, R"({"Lead Source":"Web"})");
    EXPECT_EQ(code_of(upload("Deal Name\nX\n", {{"mapping", mapping}})), ""); // a map may know more than the file
}

TEST(CsvMapping, ADefaultFillsWhatIsBlankOrMissingAndOnlyFills) {
    const Streamed streamed = upload("Deal Name,Owner,Value\nX, ,5\nY,Kim,\n",
                                     {{"mapping", R"({"defaults":{"owner":"Ada","stage":"proposal","currency":"EUR","value":7}})"}});
    const Draft& first = *streamed.rows.at(0).draft;
    const auto fills = [](const Draft& draft, Field field) { return draft.fill_only.test(static_cast<std::size_t>(field)); };
    EXPECT_EQ(text_of(first, Field::Owner), "Ada");
    EXPECT_EQ(text_of(first, Field::Stage), "proposal");
    EXPECT_TRUE(fills(first, Field::Owner));
    EXPECT_TRUE(fills(first, Field::Stage));
    EXPECT_FALSE(fills(first, Field::Value));
    EXPECT_FALSE(fills(first, Field::Currency)); // an amount came, and was meant in it
    const Draft& second = *streamed.rows.at(1).draft;
    EXPECT_EQ(text_of(second, Field::Owner), "Kim");
    EXPECT_FALSE(fills(second, Field::Owner));
    EXPECT_EQ(text_of(second, Field::Value), "7");
    EXPECT_TRUE(fills(second, Field::Value));
    EXPECT_TRUE(fills(second, Field::Currency));
}

TEST(CsvMapping, WhatMayNotOverwriteIsNamedByFieldOrHeader) {
    const Streamed streamed = upload("Deal Name,Owner,Value,Region,Team\nX,Kim,5,North,A\n",
                                     {{"mapping", R"({"do_not_overwrite":["owner","Value","Region","stage"]})"}});
    const Draft draft = only(streamed);
    EXPECT_TRUE(draft.fill_only.test(static_cast<std::size_t>(Field::Owner)));
    EXPECT_TRUE(draft.fill_only.test(static_cast<std::size_t>(Field::Value)));
    EXPECT_FALSE(draft.fill_only.test(static_cast<std::size_t>(Field::Name)));
    EXPECT_EQ(draft.metadata, R"({"Team":"A"})");
    EXPECT_EQ(draft.metadata_fill_only, R"({"Region":"North"})");
    EXPECT_EQ(shown(column_of(streamed, "Owner"), "do_not_overwrite"), "true");
    EXPECT_EQ(shown(column_of(streamed, "Team"), "do_not_overwrite"), "<absent>");
    EXPECT_EQ(code_of(upload("Deal Name\nX\n", {{"mapping", R"({"do_not_overwrite":["Nowhere"]})"}})), "unknown_field");
    EXPECT_EQ(code_of(upload("Deal Name\nX\n", {{"mapping", R"({"do_not_overwrite":{"owner":true}})"}})), "invalid_mapping");
    EXPECT_EQ(code_of(upload("Deal Name\nX\n", {{"mapping", R"({"do_not_overwrite":[1]})"}})), "invalid_mapping");
}

// Whatever the order of the columns, each is the same field for the same reason.
TEST(CsvMapping, ShuffledColumnsGiveTheSameDeals) {
    EXPECT_TRUE(rc::check("any order", [] {
        const std::vector<std::pair<std::string, std::string>> columns = {
            {"Deal Name", "X"},  {"Comapny", "Acme"},         {"Amount", "5"},
            {"Region", "North"}, {"Oportunity Owner", "Kim"}, {"Stages", "Proposal"}};
        std::vector<std::size_t> order = {0, 1, 2, 3, 4, 5};
        for (std::size_t at = order.size() - 1; at > 0; --at) std::swap(order[at], order[*rc::gen::inRange<std::size_t>(0, at + 1)]);
        std::string header;
        std::string row;
        for (const std::size_t at : order) {
            header += (header.empty() ? "" : ",") + columns[at].first;
            row += (row.empty() ? "" : ",") + columns[at].second;
        }
        const Streamed streamed = upload(header + "\n" + row + "\n");
        RC_ASSERT(streamed.rows.size() == 1);
        const Draft& draft = *streamed.rows[0].draft;
        RC_ASSERT(text_of(draft, Field::Name) == "X");
        RC_ASSERT(text_of(draft, Field::Company) == "Acme");
        RC_ASSERT(text_of(draft, Field::Owner) == "Kim");
        RC_ASSERT(text_of(draft, Field::Stage) == "Proposal");
        RC_ASSERT(draft.metadata == R"({"Region":"North"})");
    }));
}

} // namespace
} // namespace tributary
