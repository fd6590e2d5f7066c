// Fields that only fill: a known deal keeps what it has, whatever the row says ("do not overwrite", and every default).
#include "pipeline/workshop.hpp"

#include <gtest/gtest.h>

namespace tributary::testing {
namespace {

struct FillOnly : ::testing::Test {
    Workshop shop;

    Plan send(Draft draft) { return shop.send({std::move(draft)}); }
    Deal sent(Draft draft) {
        const Plan plan = send(std::move(draft));
        return shop.read(plan.deals[plan.rows[0].deal].now.id);
    }
    static Draft known() { return deal_draft("Big", "Acme", Source::Csv); }
};

void fill(Draft& draft, Field field, std::string text) {
    draft[field] = std::move(text);
    draft.fill_only.set(static_cast<std::size_t>(field));
}

TEST_F(FillOnly, ABlankFieldIsFilledAndOneWithAValueIsLeftAlone) {
    Draft first = known();
    first[Field::Owner] = "Kim";
    send(first);
    Draft second = known();
    fill(second, Field::Owner, "Ada");
    fill(second, Field::ContactPhone, "+49 1");
    fill(second, Field::ExpectedCloseDate, "2026-06-01");
    const Deal deal = sent(second);
    EXPECT_EQ(deal.owner, "Kim");
    EXPECT_EQ(deal.contact_phone, "+49 1");
    EXPECT_TRUE(deal.expected_close_date);
}

TEST_F(FillOnly, ARowWhoseEveryNewsIsLeftAloneIsUnchanged) {
    Draft first = known();
    first[Field::Owner] = "Kim";
    first[Field::Value] = "100";
    first[Field::Stage] = "proposal";
    send(first);
    Draft second = known();
    fill(second, Field::Owner, "Ada");
    fill(second, Field::Value, "900");
    fill(second, Field::Stage, "closed_won");
    EXPECT_EQ(send(second).rows[0].action, RowAction::Unchanged);
}

TEST_F(FillOnly, AStageThatNobodySaidIsFilled) {
    send(known());
    Draft second = known();
    fill(second, Field::Stage, "proposal");
    fill(second, Field::Probability, "70");
    const Deal deal = sent(second);
    EXPECT_EQ(deal.stage, Stage::Proposal);
    EXPECT_EQ(deal.probability, 7'000);
    Draft third = known();
    fill(third, Field::Stage, "discovery");
    EXPECT_EQ(sent(third).stage, Stage::Proposal);
}

TEST_F(FillOnly, AStageThatIsLeftAloneKeepsItsDates) {
    Draft first = known();
    first[Field::Stage] = "proposal";
    const Deal before = sent(first);
    Draft second = known();
    fill(second, Field::Stage, "closed_won");
    second[Field::ClosedAt] = "2026-01-05";
    second[Field::StageEnteredAt] = "2026-01-05";
    const Deal after = sent(second);
    EXPECT_EQ(after.closed_at, 0);
    EXPECT_EQ(after.stage_entered_at, before.stage_entered_at);
}

TEST_F(FillOnly, AnAmountAndItsCurrencyStayOrGoTogether) {
    Draft first = known();
    first[Field::Value] = "50";
    first[Field::Currency] = "USD";
    send(first);
    Draft amount_kept = known();
    fill(amount_kept, Field::Value, "100");
    amount_kept[Field::Currency] = "EUR";
    EXPECT_EQ(send(amount_kept).rows[0].action, RowAction::Unchanged);
    Draft currency_kept = known();
    currency_kept[Field::Value] = "100";
    fill(currency_kept, Field::Currency, "EUR");
    EXPECT_EQ(send(currency_kept).rows[0].action, RowAction::Unchanged);
    Draft same_currency = known();
    same_currency[Field::Value] = "100";
    fill(same_currency, Field::Currency, "USD");
    EXPECT_EQ(sent(same_currency).value_minor, 10'000);
}

TEST_F(FillOnly, ADealWithoutAnAmountTakesBothAmountAndCurrency) {
    send(known());
    Draft second = known();
    fill(second, Field::Value, "5000");
    fill(second, Field::Currency, "JPY");
    const Deal deal = sent(second);
    EXPECT_EQ(deal.value_minor, 5'000);
    EXPECT_EQ(deal.currency.text(), "JPY");
}

TEST_F(FillOnly, AnEstimateYieldsToAnAmountThatFills) {
    Draft form = known();
    form.default_value_minor = 1'500'000;
    form.default_value_rule = "estimate.test";
    send(form);
    Draft second = known();
    fill(second, Field::Value, "70");
    const Deal deal = sent(second);
    EXPECT_EQ(deal.value_minor, 7'000);
    EXPECT_FALSE(deal.value_estimated);
}

TEST_F(FillOnly, MetadataKeysThatAreThereAreLeftAloneAndOthersJoin) {
    Draft first = known();
    first.metadata = R"({"Region":"North","Team":"A"})";
    send(first);
    Draft second = known();
    second.metadata = R"({"Team":"B"})";
    second.metadata_fill_only = R"({"Region":"South","Tier":"1"})";
    EXPECT_EQ(sent(second).source_metadata, R"({"Region":"North","Team":"B","Tier":"1"})");
    Draft third = known();
    third.metadata_fill_only = R"({"Tier":"2","Region":"West"})";
    EXPECT_EQ(send(third).rows[0].action, RowAction::Unchanged);
}

TEST_F(FillOnly, ANewDealTakesEverythingAndItsLeadToo) {
    Draft first = known();
    fill(first, Field::Owner, "Ada");
    fill(first, Field::ContactEmail, "ceo@acme.example");
    fill(first, Field::ContactName, "Ann Lee");
    first.metadata_fill_only = R"({"Region":"North"})";
    const Plan plan = send(first);
    const Deal& deal = plan.deals[0].now;
    EXPECT_EQ(deal.owner, "Ada");
    EXPECT_EQ(deal.source_metadata, R"({"Region":"North"})");
    ASSERT_EQ(plan.leads.size(), 1U);
    EXPECT_EQ(plan.leads[0].now.last_name, "Lee");
}

TEST_F(FillOnly, AContactThatIsLeftAloneMakesNoOtherLeadAndKeepsItsName) {
    Draft first = known();
    first[Field::ContactEmail] = "ceo@acme.example";
    first[Field::ContactName] = "Ann Lee";
    send(first);
    Draft other = known();
    fill(other, Field::ContactEmail, "new@acme.example");
    other[Field::Owner] = "Ada";
    const Plan plan = send(other);
    EXPECT_EQ(plan.rows[0].action, RowAction::Updated);
    EXPECT_TRUE(plan.leads.empty() || !plan.leads[0].changed);
    EXPECT_EQ(plan.deals[0].now.contact_email, "ceo@acme.example");
    Draft renamed = known();
    renamed[Field::ContactEmail] = "ceo@acme.example";
    renamed[Field::Owner] = "Bob";
    fill(renamed, Field::ContactName, "Somebody Else");
    EXPECT_EQ(send(renamed).leads.at(0).now.last_name, "Lee");
}

} // namespace
} // namespace tributary::testing
