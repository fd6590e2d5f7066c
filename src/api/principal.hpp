// Who is asking: an API key, or a person by one of their sessions. What a session may do is told in a key's words, so that every
// route treats both alike.
#pragma once
#include "store/store.hpp"

#include <string>

namespace tributary {

struct Principal {
    ApiKey key; // of a person: role, tenant and workspaces are theirs, and key_id names the session in this process only
    Id person;  // nil: an API key

    [[nodiscard]] bool is_person() const { return !person.is_nil(); }
    [[nodiscard]] std::string account() const; // "key:<id>", "form:<id>" or "person:<id>", the actor of the journal
};

} // namespace tributary
