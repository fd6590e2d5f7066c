// What any store must do with saved mappings.
#include "store/fresh_store.hpp"

namespace tributary {
namespace {

SavedMapping a_mapping(std::string name, std::string fingerprint, std::int64_t at) {
    return {.name = std::move(name),
            .fingerprint = std::move(fingerprint),
            .header = R"(["Angebot","Wert"])",
            .mapping = R"({"fields":{"Angebot":"name"}})",
            .actor = "key:test",
            .created_at = at,
            .updated_at = at};
}

TEST_P(StoreContract, AMappingIsFoundByItsNameAndByItsHeader) {
    const auto scope = store_.scope();
    store_.write(scope, [](Ledger& ledger) {
        ledger.put_mapping(a_mapping("zoo", "f1", 5));
        ledger.put_mapping(a_mapping("Angebote (alt) \u00FC", "f2", 6));
        EXPECT_TRUE(ledger.read_mapping("zoo")); // within the batch
    });
    store_.reopen();
    store_->read(scope, [](LedgerReader& reader) {
        const auto found = reader.read_mapping("zoo");
        ASSERT_TRUE(found);
        EXPECT_EQ(found->fingerprint, "f1");
        EXPECT_EQ(found->header, R"(["Angebot","Wert"])");
        EXPECT_EQ(found->mapping, R"({"fields":{"Angebot":"name"}})");
        EXPECT_EQ(found->actor, "key:test");
        EXPECT_EQ(found->created_at, 5);
        EXPECT_EQ(found->updated_at, 5);
        EXPECT_FALSE(reader.read_mapping("ZOO"));
        ASSERT_TRUE(reader.find_mapping("f2"));
        EXPECT_EQ(reader.find_mapping("f2")->name, "Angebote (alt) \u00FC");
        EXPECT_FALSE(reader.find_mapping("f3"));
        const auto all = reader.list_mappings();
        ASSERT_EQ(all.size(), 2U);
        EXPECT_EQ(all[0].name, "Angebote (alt) \u00FC");
        EXPECT_EQ(all[1].name, "zoo");
        EXPECT_EQ(all[1].mapping, ""); // a list does not carry them
    });
}

TEST_P(StoreContract, AMappingSavedAgainIsReplacedAndRemembersWhenItWasMade) {
    const auto scope = store_.scope();
    store_.write(scope, [](Ledger& ledger) { ledger.put_mapping(a_mapping("zoo", "f1", 5)); });
    store_.write(scope, [](Ledger& ledger) {
        SavedMapping next = a_mapping("zoo", "f2", 9);
        next.mapping = "{}";
        ledger.put_mapping(next);
    });
    store_->read(scope, [](LedgerReader& reader) {
        const auto found = reader.read_mapping("zoo");
        ASSERT_TRUE(found);
        EXPECT_EQ(found->mapping, "{}");
        EXPECT_EQ(found->created_at, 5);
        EXPECT_EQ(found->updated_at, 9);
        EXPECT_FALSE(reader.find_mapping("f1"));
        EXPECT_TRUE(reader.find_mapping("f2"));
    });
}

TEST_P(StoreContract, OfSeveralMappingsForOneHeaderTheOneSavedLastIsFound) {
    const auto scope = store_.scope();
    store_.write(scope, [](Ledger& ledger) {
        ledger.put_mapping(a_mapping("a", "f", 5));
        ledger.put_mapping(a_mapping("b", "f", 7));
        ledger.put_mapping(a_mapping("c", "f", 6));
        ledger.put_mapping(a_mapping("by name only", "", 9));
    });
    store_->read(scope, [](LedgerReader& reader) {
        EXPECT_EQ(reader.find_mapping("f")->name, "b");
        EXPECT_FALSE(reader.find_mapping(""));
    });
}

TEST_P(StoreContract, AMappingIsDroppedOnceAndAStrangersIsNotThere) {
    const auto ours = store_.scope();
    const auto side = store_.scope("acme", "side");
    const auto theirs = store_.scope("rival");
    for (const auto& scope : {ours, side, theirs})
        store_.write(scope, [](Ledger& ledger) { ledger.put_mapping(a_mapping("zoo", "f", 5)); });
    store_.write(ours, [](Ledger& ledger) {
        EXPECT_TRUE(ledger.drop_mapping("zoo"));
        EXPECT_FALSE(ledger.drop_mapping("zoo"));
        EXPECT_FALSE(ledger.find_mapping("f"));
    });
    const auto seen = [&](const TenantScope& scope) {
        return store_.read(scope, [](LedgerReader& reader) { return reader.list_mappings().size(); });
    };
    EXPECT_EQ(seen(ours), 0U);
    EXPECT_EQ(seen(side), 1U);
    EXPECT_EQ(seen(theirs), 1U);
}

TEST_P(StoreContract, AMappingOfALostBatchIsNotKept) {
    const auto scope = store_.scope();
    {
        const auto batch = store_->begin();
        batch->ledger(scope).put_mapping(a_mapping("zoo", "f", 5));
    }
    EXPECT_FALSE(store_.read(scope, [](LedgerReader& reader) { return reader.read_mapping("zoo"); }));
}

} // namespace
} // namespace tributary
