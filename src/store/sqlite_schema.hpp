// The versioned schema. Private to the store's room.
#pragma once
#include "store/sqlite_connection.hpp"

#include <span>

namespace tributary::sqlite {

// schema/*.sql in order, made part of the program by schema/embed.cmake.
[[nodiscard]] std::span<const char* const> schema_texts();

// Brings the database to the newest version, each step in a transaction of its own. Throws StoreError for a database that a
// newer program made. `connection` is for maintenance.
void apply_schema(Connection& connection);
[[nodiscard]] std::int64_t schema_version(Connection& connection);

} // namespace tributary::sqlite
