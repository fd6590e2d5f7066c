// See live_sessions.hpp.
#include "api/live_sessions.hpp"

#include <vector>

namespace tributary {

std::uint64_t LiveSessions::add(std::string key_id, const std::shared_ptr<http::LiveSocket>& socket) {
    const std::lock_guard lock(mutex_);
    sessions_.emplace(next_, Session{std::move(key_id), socket});
    return next_++;
}

void LiveSessions::remove(std::uint64_t session) {
    const std::lock_guard lock(mutex_);
    sessions_.erase(session);
}

void LiveSessions::close_revoked(Registry& registry) {
    std::set<std::string> in_use;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, session] : sessions_) in_use.insert(session.key_id);
    }
    for (const std::string& key_id : in_use) {
        const auto key = registry.find_key(key_id);
        if (key && key->revoked_at == 0) continue;
        std::vector<std::shared_ptr<http::LiveSocket>> closing; // closed outside the lock: closing calls remove()
        {
            const std::lock_guard lock(mutex_);
            for (const auto& [id, session] : sessions_) {
                auto socket = session.key_id == key_id ? session.socket.lock() : nullptr;
                if (socket) closing.push_back(std::move(socket));
            }
        }
        for (const auto& socket : closing) socket->close(1008, "the key was revoked");
    }
}

} // namespace tributary
