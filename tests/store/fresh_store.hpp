// For the tests of stores: a store in a directory of its own, scopes in it, and deals with little typing.
#pragma once
#include "store/store.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace tributary {

class TemporaryDirectory {
  public:
    TemporaryDirectory() {
        std::string name = (std::filesystem::temp_directory_path() / "tributary-test-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
        path_ = name;
    }
    ~TemporaryDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    std::string path_;
};

// A kind of store: how one is opened in a directory. PostgreSQL will be another line of contract_test.cpp.
struct StoreKind {
    std::string name;
    std::function<std::unique_ptr<Store>(const std::string& directory)> open;
};

class FreshStore {
  public:
    explicit FreshStore(StoreKind kind) : kind_(std::move(kind)), store_(kind_.open(directory_.path())) {}
    Store& operator*() { return *store_; }
    Store* operator->() { return store_.get(); }
    void reopen() {
        store_.reset();
        store_ = kind_.open(directory_.path());
    }
    [[nodiscard]] const std::string& directory() const { return directory_.path(); }

    TenantScope scope(std::string_view tenant = "acme", std::string_view workspace = "main") {
        const auto row = store_->registry().ensure_workspace(tenant, workspace, 1'000);
        return ScopeMaker::make(row.tenant, row.no, row.tenant_id, row.workspace_id);
    }
    void write(const TenantScope& scope, const std::function<void(Ledger&)>& work) {
        const auto batch = store_->begin();
        work(batch->ledger(scope));
        batch->commit();
    }
    template <typename Work>
    auto read(const TenantScope& scope, const Work& work) {
        decltype(work(std::declval<LedgerReader&>())) answer{};
        store_->read(scope, [&](LedgerReader& reader) { answer = work(reader); });
        return answer;
    }

  private:
    TemporaryDirectory directory_;
    StoreKind kind_;
    std::unique_ptr<Store> store_;
};

inline MatchKey match_key(std::uint8_t first) {
    MatchKey key;
    key.bytes[0] = first;
    key.bytes[15] = 1;
    return key;
}

// Numbers of no workspace's rows but of all: the tests insert them in this order, and a store takes any that is free.
inline Id an_id(std::int64_t now_ms = 1'790'000'000'000) {
    static std::int64_t number = 0;
    return numbered_id(now_ms, ++number);
}

inline Deal a_deal(std::string name, std::uint8_t key = 0) {
    static std::int64_t now_ms = 1'790'000'000'000;
    Deal deal;
    deal.id = an_id(++now_ms);
    deal.name = std::move(name);
    deal.company = "Acme";
    deal.value_minor = 100'000;
    deal.created_at = deal.updated_at = deal.base_time_ms = now_ms;
    if (key != 0) deal.match_key = match_key(key);
    return deal;
}

inline Lead a_lead(std::string email) {
    Lead lead;
    lead.id = an_id();
    lead.email = std::move(email);
    return lead;
}

inline JournalEntry an_entry(Happening happening, const Id& deal = {}, const Id& unit = {}) {
    JournalEntry entry;
    entry.at = 1'790'000'000'000;
    entry.happening = happening;
    entry.deal = deal;
    entry.unit = unit;
    entry.actor = "key:test";
    entry.body = "{}";
    return entry;
}

inline void insert(Ledger& ledger, const Deal& deal) {
    const Deal* one = &deal;
    ledger.insert_deals(std::span(&one, 1));
}
inline void update(Ledger& ledger, const Deal& deal) {
    const Deal* one = &deal;
    ledger.update_deals(std::span(&one, 1));
}
inline void insert(Ledger& ledger, const Lead& lead) {
    const Lead* one = &lead;
    ledger.insert_leads(std::span(&one, 1));
}
inline void update(Ledger& ledger, const Lead& lead) {
    const Lead* one = &lead;
    ledger.update_leads(std::span(&one, 1));
}
inline void call_it(Ledger& ledger, const Deal& deal, std::string system, std::string id) {
    Deal named = ledger.read_deals(std::span(&deal.id, 1)).front().value();
    named.external_ids.push_back({std::move(system), std::move(id)});
    update(ledger, named);
}
inline std::vector<Id> named(LedgerReader& reader, const MatchKey& key) { return reader.find_named(std::span(&key, 1)).front(); }
inline std::optional<Id> called(LedgerReader& reader, std::string system, std::string id) {
    const ExternalId external{std::move(system), std::move(id)};
    return reader.find_external(std::span(&external, 1)).front();
}
inline std::optional<Lead> lead_with(LedgerReader& reader, const std::string& email) {
    return reader.find_leads(std::span(&email, 1)).front();
}
inline std::optional<Deal> deal_with(LedgerReader& reader, const Id& id) { return reader.read_deals(std::span(&id, 1)).front(); }

// Every member, as one text: what differs shows in the failure.
std::string shown(const Deal& deal);
std::string shown(const Lead& lead);
std::string shown(const JournalEntry& entry);
std::string shown(const Unit& unit);
std::string shown(const RowOutcome& outcome);

inline StoreKind sqlite_kind() {
    return {"sqlite", [](const std::string& directory) { return open_sqlite({.directory = directory, .readers = 2}); }};
}

// What any store must pass is a test of this class; a new kind is a line in contract_test.cpp.
class StoreContract : public testing::TestWithParam<StoreKind> {
  protected:
    FreshStore store_{GetParam()};
};

} // namespace tributary
