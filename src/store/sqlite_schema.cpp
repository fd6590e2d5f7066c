// See sqlite_schema.hpp.
#include "store/sqlite_schema.hpp"

#include <fmt/format.h>

namespace tributary::sqlite {
namespace {

constexpr Sql kVersion{Use::Anything, "PRAGMA user_version"};

// Another process may do the same at the same time: the version is read again under the write lock.
bool apply_next(Connection& connection) {
    connection.run("BEGIN IMMEDIATE");
    try {
        const auto version = static_cast<std::size_t>(schema_version(connection));
        if (version >= schema_texts().size()) {
            connection.run("ROLLBACK");
            return false;
        }
        connection.run(schema_texts()[version]);
        connection.run(fmt::format("PRAGMA user_version={}", version + 1).c_str());
        connection.run("COMMIT");
    } catch (...) {
        connection.roll_back();
        throw;
    }
    return true;
}

} // namespace

std::int64_t schema_version(Connection& connection) { return ask_number(connection, kVersion); }

void apply_schema(Connection& connection) {
    const auto newest = static_cast<std::int64_t>(schema_texts().size());
    const std::int64_t version = schema_version(connection);
    if (version > newest) {
        throw StoreError(
            fmt::format("the database has schema version {}, this program knows up to {}: a newer program made it", version, newest));
    }
    if (version == newest) return;
    while (apply_next(connection)) {
    }
}

} // namespace tributary::sqlite
