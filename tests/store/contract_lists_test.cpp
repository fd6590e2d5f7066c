// What any store must do with lists: filters, orders, pages.
#include "deal/folded.hpp"
#include "store/fresh_store.hpp"

#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>

namespace tributary {
namespace {

template <typename T>
T one_of(std::initializer_list<T> values) {
    return *rc::gen::elementOf(std::vector<T>(values));
}

// Few values per field, so that filters hit and orders have ties.
Deal a_filterable_deal() {
    Deal deal =
        a_deal(one_of<std::string>({"Alpha renewal", "alpha", "Beta 100%", "", "Zeta_x", "Umsatz", "\xC3\x81lpha", "Alpha renewal two"}));
    deal.company = one_of<std::string>({"Acme", "ACME Ltd", "Globex", ""});
    deal.owner = one_of<std::string>({"ann", "bob", ""});
    deal.contact_name = one_of<std::string>({"Zo\xC3\xAB", ""});
    deal.probability = one_of<std::int32_t>({0, 5'000, 10'000});
    deal.contact_email = one_of<std::string>({"a@x.com", "b@x.com"});
    deal.value_minor = one_of<std::int64_t>({0, 100, 200});
    deal.stage = static_cast<Stage>(*rc::gen::inRange(0, 6));
    deal.source = static_cast<Source>(*rc::gen::inRange(0, 7));
    deal.risk = static_cast<Risk>(*rc::gen::inRange(0, 3));
    deal.health_score = one_of<std::int32_t>({10, 50, 90});
    deal.updated_at = one_of<std::int64_t>({1, 2, 3});
    if (*rc::gen::arbitrary<bool>()) deal.expected_close_date = Date{*rc::gen::inRange(-3, 3)};
    deal.deleted_at = one_of<std::int64_t>({0, 0, 0, 9});
    deal.is_spam = one_of({false, false, false, true});
    return deal;
}

DealQuery any_query() {
    DealQuery query;
    const auto sometimes = [] { return *rc::gen::inRange(0, 4) == 0; };
    if (sometimes()) query.stages = {static_cast<Stage>(*rc::gen::inRange(0, 6)), Stage::Proposal};
    if (sometimes()) query.sources = {static_cast<Source>(*rc::gen::inRange(0, 7)), Source::Csv, Source::Api};
    if (sometimes()) query.risks = {static_cast<Risk>(*rc::gen::inRange(0, 3))};
    if (sometimes()) query.owner = one_of<std::string>({"ann", "nobody"});
    if (sometimes()) query.company = one_of<std::string>({"Acme", "Globex"});
    if (sometimes()) query.contact_email = "a@x.com";
    if (sometimes())
        query.search = one_of<std::string>({"ALPHA", "acme renewal", "100%", "%", "_", "\\", "  zeta_  ", "zoe ann", "B@X.com"});
    if (sometimes()) query.value_min_minor = 100;
    if (sometimes()) query.value_max_minor = 100;
    if (sometimes()) query.is_active = *rc::gen::arbitrary<bool>();
    query.with_deleted = *rc::gen::arbitrary<bool>();
    query.with_spam = *rc::gen::arbitrary<bool>();
    query.sort = static_cast<DealSort>(*rc::gen::inRange<int>(0, kDealSortCount));
    query.descending = *rc::gen::arbitrary<bool>();
    query.limit = static_cast<std::uint32_t>(*rc::gen::inRange(1, 9));
    return query;
}

template <typename T>
bool allows(const std::vector<T>& wanted, T value) {
    return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
}

bool matches(const Deal& deal, const DealQuery& query) {
    const std::vector<std::string> texts{deal.name, deal.company, deal.owner, deal.contact_email, deal.contact_name};
    for (const std::string& word : folded_words(query.search)) {
        if (std::ranges::none_of(texts, [&](const std::string& text) { return folded(text).contains(word); })) return false;
    }
    return allows(query.stages, deal.stage) && allows(query.sources, deal.source) && allows(query.risks, deal.risk) &&
           (query.owner.empty() || query.owner == deal.owner) && (query.company.empty() || query.company == deal.company) &&
           (query.contact_email.empty() || query.contact_email == deal.contact_email) &&
           (!query.value_min_minor || deal.value_minor >= *query.value_min_minor) &&
           (!query.value_max_minor || deal.value_minor <= *query.value_max_minor) &&
           (!query.is_active || deal.is_active() == *query.is_active) && (query.with_deleted || deal.deleted_at == 0) &&
           (query.with_spam || !deal.is_spam);
}

// Negative, zero or positive as the first comes before, with or after the second. A deal without a date comes last either way.
int compare(const Deal& left, const Deal& right, const DealQuery& query) {
    const auto order = [](const auto& a, const auto& b) { return a < b ? -1 : (b < a ? 1 : 0); };
    if (query.sort == DealSort::ExpectedCloseDate && left.expected_close_date.has_value() != right.expected_close_date.has_value()) {
        return left.expected_close_date ? -1 : 1;
    }
    const auto text = [&](const std::string& a, const std::string& b) { // blank comes last either way
        if (a.empty() != b.empty()) return (a.empty() ? 1 : -1) * (query.descending ? -1 : 1);
        return order(folded(a), folded(b));
    };
    int found = 0;
    switch (query.sort) {
    case DealSort::CreatedAt: break;
    case DealSort::UpdatedAt: found = order(left.updated_at, right.updated_at); break;
    case DealSort::Value: found = order(left.value_minor, right.value_minor); break;
    case DealSort::Name: found = order(folded(left.name), folded(right.name)); break;
    case DealSort::Company: found = text(left.company, right.company); break;
    case DealSort::Owner: found = text(left.owner, right.owner); break;
    case DealSort::Stage: found = order(left.stage, right.stage); break;
    case DealSort::Probability: found = order(left.probability, right.probability); break;
    case DealSort::Source: found = order(left.source, right.source); break;
    case DealSort::HealthScore: found = order(left.health_score, right.health_score); break;
    case DealSort::ExpectedCloseDate: found = order(left.expected_close_date, right.expected_close_date); break;
    }
    if (found == 0) found = order(left.id, right.id);
    return query.descending ? -found : found;
}

TEST_P(StoreContract, PagesAndViewsOfDealsShowWhatTheFiltersAskForOnceAndInOrder) {
    int tenant = 0;
    EXPECT_TRUE(rc::check([&] {
        const auto scope = store_.scope("tenant" + std::to_string(tenant++));
        const auto deals = *rc::gen::container<std::vector<Deal>>(*rc::gen::inRange(0, 30), rc::gen::exec(a_filterable_deal));
        store_.write(scope, [&](Ledger& ledger) {
            for (const Deal& deal : deals) insert(ledger, deal);
        });
        for (int round = 0; round < 4; ++round) {
            DealQuery query = any_query();
            std::vector<Deal> wanted;
            std::ranges::copy_if(deals, std::back_inserter(wanted), [&](const Deal& deal) { return matches(deal, query); });
            std::ranges::sort(wanted, [&](const Deal& left, const Deal& right) { return compare(left, right, query) < 0; });
            std::vector<Deal> listed;
            do {
                const auto page = store_.read(scope, [&](LedgerReader& r) { return r.list_deals(query); });
                RC_ASSERT(page.deals.size() <= query.limit);
                RC_ASSERT(page.next.empty() || page.deals.size() == query.limit);
                listed.insert(listed.end(), page.deals.begin(), page.deals.end());
                query.after = page.next;
            } while (!query.after.empty());
            RC_ASSERT(listed.size() == wanted.size());
            const auto places = store_.read(scope, [&](LedgerReader& r) { return r.arrange_deals(query, deals.size()).value(); });
            RC_ASSERT(places.size() == wanted.size());
            const auto placed = store_.read(scope, [&](LedgerReader& r) { return r.read_deals_at(places); });
            for (std::size_t at = 0; at < wanted.size(); ++at) RC_ASSERT(placed[at] && shown(*placed[at]) == shown(wanted[at]));
            for (std::size_t at = 0; at < wanted.size(); ++at) RC_ASSERT(shown(listed[at]) == shown(wanted[at]));
        }
    }));
}

TEST_P(StoreContract, PlacesHoldWhileDealsAreAddedChangedAndDeleted) {
    const auto scope = store_.scope();
    std::vector<Deal> deals;
    for (int at = 0; at < 5; ++at) deals.push_back(a_deal("Deal " + std::to_string(at)));
    store_.write(scope, [&](Ledger& ledger) {
        for (const Deal& deal : deals) insert(ledger, deal);
    });
    const DealQuery by_name{.sort = DealSort::Name, .descending = false};
    const auto places = store_.read(scope, [&](LedgerReader& r) { return r.arrange_deals(by_name, 5).value(); });
    ASSERT_EQ(places.size(), 5U);
    deals[1].deleted_at = 9;
    deals[2].name = "A changed name";
    store_.write(scope, [&](Ledger& ledger) {
        update(ledger, deals[1]);
        update(ledger, deals[2]);
        insert(ledger, a_deal("Another"));
    });
    const auto now = store_.read(scope, [&](LedgerReader& r) { return r.read_deals_at(places); });
    for (std::size_t at = 0; at < deals.size(); ++at) EXPECT_EQ(shown(now[at].value()), shown(deals[at])) << at;
    const std::vector<DealPlace> nowhere{1'000'000, 0, UINT64_MAX};
    for (const auto& deal : store_.read(scope, [&](LedgerReader& r) { return r.read_deals_at(nowhere); })) EXPECT_FALSE(deal);
    // The same places are another tenant's own, or nobody's.
    for (const auto& deal : store_.read(store_.scope("rival"), [&](LedgerReader& r) { return r.read_deals_at(places); }))
        EXPECT_FALSE(deal);
    const auto refused = store_.read(scope, [&](LedgerReader& r) { return r.arrange_deals(by_name, 4).error().code; });
    EXPECT_EQ(refused, "view_too_large");
}

TEST_P(StoreContract, ADealIsFoundByWhatItIsCalledElsewhere) {
    const auto scope = store_.scope();
    const Deal one = a_deal("One");
    const Deal two = a_deal("Two");
    store_.write(scope, [&](Ledger& ledger) {
        insert(ledger, one);
        insert(ledger, two);
        call_it(ledger, one, "crm", "7");
        call_it(ledger, two, "api", "7");
        call_it(ledger, two, "api", "8");
    });
    const auto listed = [&](std::string system, std::string id) {
        std::vector<std::string> names;
        const auto page =
            store_.read(scope, [&](LedgerReader& r) { return r.list_deals({.external = ExternalId{system, id}, .descending = false}); });
        for (const Deal& deal : page.deals) names.push_back(deal.name);
        return names;
    };
    EXPECT_EQ(listed("", "7"), (std::vector<std::string>{"One", "Two"}));
    EXPECT_EQ(listed("crm", "7"), std::vector<std::string>{"One"});
    EXPECT_EQ(listed("crm", "8"), std::vector<std::string>{});
    EXPECT_EQ(listed("", "9"), std::vector<std::string>{});
    const auto page = store_.read(scope, [](LedgerReader& r) { return r.list_deals({.descending = false}); });
    EXPECT_EQ(page.deals[1].external_ids, (std::vector<ExternalId>{{"api", "7"}, {"api", "8"}}));
}

TEST_P(StoreContract, ACursorThatIsDamagedOrOfAnotherListIsRefused) {
    const auto scope = store_.scope();
    store_.write(scope, [&](Ledger& ledger) {
        for (int at = 0; at < 3; ++at) insert(ledger, a_deal("Deal"));
        for (int at = 0; at < 3; ++at) insert(ledger, a_lead(std::to_string(at) + "@x.com"));
    });
    const std::string cursor = store_.read(scope, [](LedgerReader& r) { return r.list_deals({.limit = 1}); }).next;
    const std::string lead_cursor = store_.read(scope, [](LedgerReader& r) { return r.list_leads({.limit = 1}); }).next;
    ASSERT_FALSE(cursor.empty());
    ASSERT_FALSE(lead_cursor.empty());
    const auto ask = [&](DealQuery query) { return store_.read(scope, [&](LedgerReader& r) { return r.list_deals(query); }); };
    EXPECT_THROW(ask({.sort = DealSort::Value, .after = cursor}), BadCursor);
    EXPECT_THROW(ask({.descending = false, .after = cursor}), BadCursor);
    EXPECT_THROW(ask({.after = lead_cursor}), BadCursor);
    EXPECT_THROW(ask({.after = cursor.substr(0, 10)}), BadCursor);
    EXPECT_THROW(ask({.after = cursor + "!"}), BadCursor);
    EXPECT_THROW(ask({.after = std::string(100'000, 'A')}), BadCursor);
    EXPECT_THROW(store_.read(scope, [&](LedgerReader& r) { return r.list_leads({.after = cursor}); }), BadCursor);
    EXPECT_THROW(store_.read(scope, [&](LedgerReader& r) { return r.list_units({.after = cursor}); }), BadCursor);
    EXPECT_TRUE(rc::check([&] {
        // Whatever a client makes of a cursor, it gets a page of its own or is refused.
        std::string bent = cursor;
        bent[*rc::gen::inRange<std::size_t>(0, bent.size())] = *rc::gen::arbitrary<char>();
        try {
            RC_ASSERT(ask({.after = bent}).deals.size() <= 3U);
        } catch (const BadCursor&) {
            return;
        }
    }));
    // A cursor of another tenant is only a place in one's own list.
    EXPECT_TRUE(store_.read(store_.scope("rival"), [&](LedgerReader& r) { return r.list_deals({.after = cursor}); }).deals.empty());
}

TEST_P(StoreContract, ADayKeepsTheFiguresItBeganWith) {
    const auto scope = store_.scope();
    const auto history = [&](std::int32_t day) { return store_.read(scope, [&](LedgerReader& r) { return r.day_history(day); }); };
    EXPECT_FALSE(history(1).first_day);
    store_.write(scope, [](Ledger& ledger) {
        ledger.put_day({.day = 10, .figures = "ten"});
        ledger.put_day({.day = 10, .figures = "ten again"});
        ledger.put_day({.day = 13, .figures = "thirteen"});
    });
    store_.write(store_.scope("acme", "other"), [](Ledger& ledger) { ledger.put_day({.day = 11, .figures = "another workspace"}); });
    EXPECT_EQ(history(5).first_day, 10);
    EXPECT_EQ(history(5).at.value().figures, "ten");
    EXPECT_EQ(history(10).at.value().figures, "ten");
    EXPECT_EQ(history(11).at.value().figures, "thirteen"); // nothing was written on the 11th and 12th
    EXPECT_EQ(history(11).at.value().day, 13);
    EXPECT_EQ(history(14).first_day, 10);
    EXPECT_FALSE(history(14).at);
    EXPECT_FALSE(store_.read(store_.scope("rival"), [](LedgerReader& r) { return r.day_history(1); }).first_day);
}

TEST_P(StoreContract, FiguresOfASourceAreReplacedAndSurviveReopening) {
    const auto scope = store_.scope();
    store_.write(scope, [](Ledger& ledger) {
        ledger.put_source_figures({.source = Source::Email, .figures = "one"});
        ledger.put_source_figures({.source = Source::Manual, .figures = "two"});
        ledger.put_source_figures({.source = Source::Email, .figures = "three"});
    });
    store_.reopen();
    const auto found = store_.read(store_.scope(), [](LedgerReader& r) { return r.source_figures(); });
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].source, Source::Manual);
    EXPECT_EQ(found[1].figures, "three");
    EXPECT_TRUE(store_.read(store_.scope("rival"), [](LedgerReader& r) { return r.source_figures(); }).empty());
}

TEST_P(StoreContract, PagesOfLeadsShowEachOnceNewestFirst) {
    const auto scope = store_.scope();
    std::vector<std::string> emails;
    store_.write(scope, [&](Ledger& ledger) {
        for (int at = 0; at < 25; ++at) {
            Lead lead = a_lead(std::to_string(at) + "@x.com");
            lead.status = at % 2 == 0 ? LeadStatus::New : LeadStatus::Converted;
            lead.first_name = at == 7 ? "Grace Hopper" : "";
            emails.insert(emails.begin(), lead.email);
            insert(ledger, lead);
        }
    });
    std::vector<std::string> listed;
    LeadQuery query{.limit = 4};
    do {
        const auto page = store_.read(scope, [&](LedgerReader& r) { return r.list_leads(query); });
        for (const Lead& lead : page.leads) listed.push_back(lead.email);
        query.after = page.next;
    } while (!query.after.empty());
    EXPECT_EQ(listed, emails);
    const auto count = [&](LeadQuery asked) {
        return store_.read(scope, [&](LedgerReader& r) { return r.list_leads(asked); }).leads.size();
    };
    EXPECT_EQ(count({.email = "3@x.com"}), 1U);
    EXPECT_EQ(count({.status = LeadStatus::Converted}), 12U);
    EXPECT_EQ(count({.search = "hopper GRACE"}), 1U);
    EXPECT_EQ(count({.search = "grace nobody"}), 0U);
}

TEST_P(StoreContract, EveryDealIsRankedOnceInTheOrderOfIds) {
    const auto scope = store_.scope();
    std::vector<Deal> deals;
    for (int at = 0; at < 50; ++at) deals.push_back(a_deal("Deal"));
    deals[3].deleted_at = 4;
    deals[4].is_spam = true;
    deals[5].currency.code = {'J', 'P', 'Y'};
    deals[5].value_minor = 77;
    deals[5].stage = Stage::Negotiation;
    deals[5].probability = 1'234;
    deals[5].source = Source::Email;
    deals[5].health_score = 12;
    deals[5].risk = Risk::High;
    store_.write(scope, [&](Ledger& ledger) {
        for (auto deal = deals.rbegin(); deal != deals.rend(); ++deal) insert(ledger, *deal); // ids need not come in order
    });
    const auto rank = [](const Deal& d) {
        return std::to_string(d.value_minor) + std::string(d.currency.text()) + std::to_string(static_cast<int>(d.stage)) +
               std::to_string(d.probability) + std::to_string(static_cast<int>(d.source)) + std::to_string(d.health_score) +
               std::to_string(static_cast<int>(d.risk)) + std::to_string(d.deleted_at) + std::to_string(d.is_spam);
    };
    std::size_t at = 0;
    store_->read(scope, [&](LedgerReader& reader) {
        reader.for_each_rankable([&](const Deal& deal) {
            ASSERT_LT(at, deals.size());
            EXPECT_EQ(deal.id, deals[at].id);
            EXPECT_EQ(rank(deal), rank(deals[at]));
            ++at;
        });
    });
    EXPECT_EQ(at, deals.size());
}

} // namespace
} // namespace tributary
