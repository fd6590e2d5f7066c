// See live_sessions.hpp.
#include "api/live_sessions.hpp"

#include <vector>

namespace tributary {

std::uint64_t LiveSessions::add(const std::string& key_id, const std::shared_ptr<http::LiveSocket>& socket) {
    const std::lock_guard lock(mutex_);
    by_key_[key_id].emplace(next_, socket);
    return next_++;
}

void LiveSessions::remove(const std::string& key_id, std::uint64_t session) {
    const std::lock_guard lock(mutex_);
    const auto found = by_key_.find(key_id);
    if (found == by_key_.end()) return;
    found->second.erase(session);
    if (found->second.empty()) by_key_.erase(found);
}

void LiveSessions::close_revoked(Credentials& credentials) {
    std::vector<std::string> in_use;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [key_id, sockets] : by_key_) in_use.push_back(key_id);
    }
    for (const std::string& key_id : in_use) {
        if (credentials.is_alive(key_id)) continue;
        std::vector<std::shared_ptr<http::LiveSocket>> closing; // closed outside the lock: closing calls remove()
        {
            const std::lock_guard lock(mutex_);
            const auto found = by_key_.find(key_id);
            if (found == by_key_.end()) continue;
            for (const auto& [session, kept] : found->second) {
                if (auto socket = kept.lock()) closing.push_back(std::move(socket));
            }
        }
        for (const auto& socket : closing) socket->close(1008, "the credential was revoked");
    }
}

} // namespace tributary
