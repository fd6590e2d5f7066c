// For commands that look at a data directory and must not make one. Used by cli/ only.
#pragma once
#include "store/store.hpp"

#include <memory>
#include <string>

namespace tributary {

// The store in the directory. Throws when there is no database in it, or none that can be opened.
[[nodiscard]] std::unique_ptr<Store> open_existing_store(const std::string& directory);

} // namespace tributary
