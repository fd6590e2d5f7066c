// The hub's thread and its bookkeeping. See hub.hpp.
#include "live/hub.hpp"

#include <algorithm>
#include <chrono>

namespace tributary {
namespace {

constexpr std::size_t kExpectedAtOnce = 16; // about as many reads from memory as a core can have under way

std::int64_t steady_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

} // namespace

Hub::Hub(FrameMaker make_frame, MetricsText metrics, ImportsText imports)
    : make_frame_(std::move(make_frame)), metrics_(std::move(metrics)), imports_(std::move(imports)), thread_([this] { run(); }) {}

Hub::~Hub() { stop(); }

void Hub::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

std::optional<std::uint64_t> Hub::watch(std::int64_t tenant, std::int64_t workspace, std::shared_ptr<Watcher> watcher, std::uint64_t told) {
    const std::lock_guard lock(mutex_);
    Tenant& of_tenant = tenants_[tenant];
    Room& room = of_tenant.rooms[workspace];
    if (room.watchers.empty()) {
        // Nobody was listening, so nothing was held: the newcomer must be told up to the last row by its caller.
        if (told < of_tenant.last) return std::nullopt;
        room.digest = {};
        room.told = std::max(told, of_tenant.last);
        room.held_from = room.told;
    } else if (told < room.held_from) {
        return std::nullopt;
    }
    // Rows between the room's last frame and `told` may come to this watcher a second time, inside a frame whose range says so.
    const std::uint64_t id = next_id_++;
    room.watchers.emplace(id, std::move(watcher));
    room.crowd = nullptr; // is made anew
    ++watchers_;
    return id;
}

void Hub::unwatch(std::int64_t tenant, std::int64_t workspace, std::uint64_t watcher_id) {
    const std::lock_guard lock(mutex_);
    const auto of_tenant = tenants_.find(tenant);
    if (of_tenant == tenants_.end()) return;
    const auto room = of_tenant->second.rooms.find(workspace);
    if (room == of_tenant->second.rooms.end()) return;
    watchers_ -= room->second.watchers.erase(watcher_id);
    room->second.crowd = nullptr; // it must not keep who left
    if (room->second.watchers.empty()) of_tenant->second.rooms.erase(room);
}

void Hub::publish(std::int64_t tenant, std::int64_t workspace, const std::vector<JournalEntry>& rows) {
    if (rows.empty()) return;
    bool wake = false;
    {
        const std::lock_guard lock(mutex_);
        Tenant& of_tenant = tenants_[tenant];
        of_tenant.last = std::max(of_tenant.last, rows.back().seq);
        const auto room = of_tenant.rooms.find(workspace);
        if (room == of_tenant.rooms.end() || room->second.watchers.empty()) return;
        wake = room->second.digest.empty();
        for (const auto& row : rows) room->second.digest.add(row);
    }
    if (wake) wake_.notify_one();
}

void Hub::note(std::int64_t tenant, std::int64_t workspace) {
    {
        const std::lock_guard lock(mutex_);
        const auto of_tenant = tenants_.find(tenant);
        if (of_tenant == tenants_.end()) return;
        const auto room = of_tenant->second.rooms.find(workspace);
        if (room == of_tenant->second.rooms.end() || room->second.watchers.empty() || room->second.noted) return;
        room->second.noted = true;
    }
    wake_.notify_one();
}

std::uint64_t Hub::last(std::int64_t tenant) const {
    const std::lock_guard lock(mutex_);
    const auto found = tenants_.find(tenant);
    return found == tenants_.end() ? 0 : found->second.last;
}

std::size_t Hub::watchers() const {
    const std::lock_guard lock(mutex_);
    return watchers_;
}

std::uint64_t Hub::dropped() const {
    const std::lock_guard lock(mutex_);
    return dropped_;
}

void Hub::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        const int wait_ms = flush_due(lock);
        if (stopping_) return;
        if (wait_ms < 0)
            wake_.wait(lock);
        else if (wait_ms > 0)
            wake_.wait_for(lock, std::chrono::milliseconds(wait_ms));
    }
}

int Hub::flush_due(std::unique_lock<std::mutex>& lock) {
    int wait_ms = -1;
    const std::int64_t now = steady_ms();
    // tell() lets the lock go, so the maps are walked by key.
    std::vector<std::pair<std::int64_t, std::int64_t>> due;
    for (auto& [tenant, of_tenant] : tenants_) {
        for (auto& [workspace, room] : of_tenant.rooms) {
            if (room.digest.empty() && !room.noted) continue;
            const std::int64_t left = room.last_frame_ms + room.pause_ms - now;
            if (left <= 0)
                due.emplace_back(tenant, workspace);
            else
                wait_ms = wait_ms < 0 ? static_cast<int>(left) : std::min(wait_ms, static_cast<int>(left));
        }
    }
    for (const auto& [tenant, workspace] : due) {
        const auto of_tenant = tenants_.find(tenant);
        const auto room = of_tenant->second.rooms.find(workspace);
        if (room != of_tenant->second.rooms.end() && (!room->second.digest.empty() || room->second.noted)) tell(lock, tenant, workspace, room->second);
    }
    return due.empty() ? wait_ms : 0;
}

// Thousands of watchers do not fit into a core's caches, and each waits for memory anew: so a group of them is fetched at once.
std::vector<std::uint64_t> Hub::hand_out(const std::shared_ptr<const std::string>& frame, const Crowd& crowd) {
    std::vector<std::uint64_t> gone;
    for (std::size_t from = 0; from < crowd.size(); from += kExpectedAtOnce) {
        const std::size_t to = std::min(from + kExpectedAtOnce, crowd.size());
        for (std::size_t at = from; at < to; ++at) crowd[at].second->expect_send();
        for (std::size_t at = from; at < to; ++at)
            if (!crowd[at].second->send(frame)) gone.push_back(crowd[at].first);
    }
    return gone;
}

void Hub::tell(std::unique_lock<std::mutex>& lock, std::int64_t tenant, std::int64_t workspace, Room& room) {
    const LiveDigest digest = std::move(room.digest);
    room.digest = {};
    room.noted = false;
    const std::uint64_t from = room.told + 1;
    const std::uint64_t to = tenants_[tenant].last;
    if (!digest.empty()) {
        room.told = to;
        room.held_from = to;
    }
    if (!room.crowd) room.crowd = std::make_shared<const Crowd>(room.watchers.begin(), room.watchers.end());
    auto crowd = room.crowd;
    lock.unlock();
    const auto frame = make_frame_(digest.text(from, to, metrics_(workspace), imports_ ? imports_(workspace) : std::string()));
    const std::vector<std::uint64_t> gone = hand_out(frame, *crowd);
    const bool quick = !digest.empty() && !digest.is_burst() && crowd->size() <= kQuickWatchersMax;
    crowd.reset(); // frees who left meanwhile, without the lock
    lock.lock();
    const auto of_tenant = tenants_.find(tenant);
    const auto again = of_tenant->second.rooms.find(workspace);
    if (again == of_tenant->second.rooms.end()) return;
    again->second.last_frame_ms = steady_ms();
    again->second.pause_ms = quick ? kQuickTickMs : kTickMs;
    for (const std::uint64_t id : gone) {
        const std::size_t erased = again->second.watchers.erase(id);
        watchers_ -= erased;
        dropped_ += erased;
        again->second.crowd = nullptr;
    }
}

} // namespace tributary
