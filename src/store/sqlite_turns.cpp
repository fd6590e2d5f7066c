// See sqlite_turns.hpp.
#include "store/sqlite_turns.hpp"

#include "store/store.hpp"

#include <algorithm>
#include <chrono>

namespace tributary::sqlite {
namespace {

constexpr std::chrono::seconds kWaitMax{5};

} // namespace

void WriteTurns::take() {
    std::unique_lock lock(mutex_);
    const std::uint64_t ticket = ++last_ticket_;
    waiting_.push_back(ticket);
    const auto deadline = std::chrono::steady_clock::now() + kWaitMax;
    const bool mine = moved_.wait_until(lock, deadline, [&] { return !taken_ && waiting_.front() == ticket; });
    std::erase(waiting_, ticket);
    if (!mine) {
        moved_.notify_all();
        throw StoreError("the database is busy: another write did not end in time");
    }
    taken_ = true;
}

void WriteTurns::give_back() {
    {
        const std::lock_guard lock(mutex_);
        taken_ = false;
    }
    moved_.notify_all();
}

} // namespace tributary::sqlite
