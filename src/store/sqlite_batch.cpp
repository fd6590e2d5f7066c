// A batch: several tenants' ledgers in one transaction, durable when commit() returns. See sqlite_store.hpp.
#include "store/sqlite_store.hpp"

namespace tributary::sqlite {

SqliteBatch::SqliteBatch(SqliteStore& store)
    : store_(store), hold_(std::in_place, store.turns_), db_(store.writer()), turn_{.last = store.last_, .changed = {}, .spans = {}},
      ledger_(Session{.db = db_,
                      .book = store.book_,
                      .settings_book = store.settings_book_,
                      .tenant = 0,
                      .workspace = 0,
                      .turn = &turn_,
                      .known = nullptr}) {
    db_.wall().tenant = 0;
    db_.wall().broken = false;
    db_.begin_write();
    open_ = true;
}

SqliteBatch::~SqliteBatch() {
    if (open_) take_back();
}

Ledger& SqliteBatch::ledger(const TenantScope& scope) {
    ledger_.turn_to(scope);
    return ledger_;
}

void SqliteBatch::commit() {
    if (!open_) throw StoreError("the batch is over");
    if (turn_.spoiled || db_.wall().broken) throw StoreError("the batch failed before and can only be dropped");
    stretch_units(ledger_.session());
    if (db_.wall().broken) throw StoreError("a statement touched a row of another tenant");
    db_.wall().tenant = 0;
    try {
        db_.run("COMMIT");
    } catch (const StoreError& error) {
        // Whether a failed sync left the rows on the disk is unknown: nothing that was remembered may be believed, and the
        // connection's pages least of all (RELIABILITY: never sync again and carry on).
        open_ = false;
        turn_.changed.clear();
        store_.lose_writer(error.what());
        hold_.reset();
        throw;
    }
    open_ = false;
    turn_.changed.clear();
    store_.committed();
    hold_.reset();
}

void SqliteBatch::take_back() noexcept {
    open_ = false;
    db_.wall().tenant = 0;
    const bool ended_by_itself = !db_.in_transaction(); // a full or failing disk
    db_.roll_back();
    for (auto key = turn_.changed.rbegin(); key != turn_.changed.rend(); ++key) {
        key->keys->set(key->kind, key->key, key->id, key->tag, key->before);
    }
    store_.last_ = {};
    if (ended_by_itself) store_.lose_writer("a transaction ended by itself");
}

} // namespace tributary::sqlite
