// Looking up many things in memory at once. Private to the store's room.
#pragma once
#include "store/sqlite_session.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace tributary::sqlite {

inline constexpr std::size_t kAhead = 16; // look-ups whose memory is asked for together

// Makes the keys of up to kAhead things, asks the memory for all of them, then looks each up.
template <typename Wanted, typename MakeKey, typename Look>
void look_up(Session& session, KeyKind kind, std::span<const Wanted> wanted, const MakeKey& make_key, const Look& look) {
    std::array<Key, kAhead> keys;
    for (std::size_t from = 0; from < wanted.size(); from += kAhead) {
        const std::size_t count = std::min(kAhead, wanted.size() - from);
        for (std::size_t at = 0; at < count; ++at) {
            keys[at] = make_key(wanted[from + at]);
            if (session.turn != nullptr) session.keys().fetch_ahead(kind, keys[at]);
        }
        for (std::size_t at = 0; at < count; ++at) look(from + at, keys[at]);
    }
}

} // namespace tributary::sqlite
