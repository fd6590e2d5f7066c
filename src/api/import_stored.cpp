// An import whose input is stored before its rows are run: it is run from there, goes on after a stop, and can be cancelled. See import.hpp.
#include "api/import.hpp"

namespace tributary {

void Import::resume_with(std::function<void()> resume) {
    const std::lock_guard lock(mutex_);
    resume_ = std::move(resume);
    waiting_ = false;
}

void Import::replays_stored(bool answered) {
    answered_ = answered;
    const std::lock_guard lock(mutex_);
    announced_ = true;
    call_->app.imports.add(call_->scope, unit_.id, shared_from_this());
}

void Import::go_on() {
    const std::lock_guard lock(mutex_);
    announced_ = true;
    start_told_ = true;
    // Every row pushed has been counted once; what a reader passes over is pushed by none.
    rows_to_pass_ = unit_.counts.created + unit_.counts.updated + unit_.counts.unchanged + unit_.counts.rejected;
    automations_chosen_ = unit_.counts.read > 0;
    call_->app.imports.add(call_->scope, unit_.id, shared_from_this());
}

void Import::keep_fetched(std::string bytes, std::string place) {
    hash_.add(bytes);
    raw_bytes_ += bytes.size();
    if (!bytes.empty()) slice_.raw.push_back({next_piece_++, std::move(bytes)});
    slice_.place = std::move(place);
    send_slice();
}

void Import::go_on_receiving() {
    const std::lock_guard lock(mutex_);
    announced_ = true;
    call_->app.imports.add(call_->scope, unit_.id, shared_from_this());
}

void Import::hash_stored(const RawPiece& piece) {
    hash_.add(piece.bytes);
    raw_bytes_ += piece.bytes.size();
    next_piece_ = piece.ordinal + 1;
}

void Import::keep_whole(std::string bytes) {
    hash_.add(bytes);
    if (earlier_) return;
    raw_bytes_ = bytes.size();
    raw_is_whole();
    slice_.raw.push_back({next_piece_++, std::move(bytes)});
}

const std::string& Import::sha() {
    if (sha_.empty()) sha_ = hash_.hex();
    return sha_;
}

// The unit says so with the next slice.
void Import::raw_is_whole() {
    if (earlier_) return;
    const std::lock_guard lock(mutex_);
    if (!unit_.sha256.empty()) return; // its bytes came before, by another request or run of the program
    unit_.sha256 = sha();
    unit_.raw_bytes = raw_bytes_;
}

void Import::received(std::string file_name, http::Response (*accepted)(const Unit&), std::function<void(bool)> done) {
    send_slice();
    take_wishes();
    raw_is_whole();
    answered_ = accepted != nullptr;
    {
        const std::lock_guard lock(mutex_);
        unit_.file_name = std::move(file_name);
    }
    const auto work = [self = shared_from_this(), accepted](Turn& turn) {
        turn.told.clear();
        Unit unit;
        {
            const std::lock_guard lock(self->mutex_);
            self->name_unit(turn);
            self->unit_.same_as = turn.ledger.find_same_file(self->unit_.sha256);
            unit = self->unit_;
        }
        turn.ledger.put_unit(unit);
        const auto key = idempotency_key(self->call_->request);
        if (accepted != nullptr && key && *key) keep_answer(*self->call_, turn.ledger, **key, unit.sha256, accepted(unit), turn.now_ms);
    };
    const auto stored = [self = shared_from_this(), done](bool committed) {
        {
            const std::lock_guard lock(self->mutex_);
            if (self->failed_) committed = false; // an earlier piece is missing
            self->announced_ = self->announced_ || committed;
        }
        done(committed);
    };
    if (!call_->app.writer.submit(call_->scope, Writer::Lane::Bulk, work, stored)) done(false);
}

void Import::cancel(std::string actor) {
    {
        const std::lock_guard lock(mutex_);
        if (cancelled_by_.empty()) cancelled_by_ = std::move(actor);
    }
    takes_no_more_ = true;
}

bool Import::cancelled() const {
    const std::lock_guard lock(mutex_);
    return !cancelled_by_.empty();
}

void Import::close_cancelled(http::Reply reply) {
    std::string by;
    {
        const std::lock_guard lock(mutex_);
        by = cancelled_by_;
    }
    close(UnitState::Cancelled, "Cancelled by " + by + "; what was done before is kept, and can be undone.", std::move(reply), std::nullopt);
}

} // namespace tributary
