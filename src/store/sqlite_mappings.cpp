// Saved mappings of a workspace: few, found by name or by the fingerprint of a header.
#include "store/sqlite_queries.hpp"
#include "store/sqlite_session.hpp"

namespace tributary::sqlite {
namespace {

SavedMapping mapping_of(const Statement& row) {
    return {.name = std::string(row.text(0)),
            .fingerprint = std::string(row.text(1)),
            .header = std::string(row.text(2)),
            .mapping = std::string(row.text(3)),
            .actor = std::string(row.text(4)),
            .created_at = row.number(5),
            .updated_at = row.number(6)};
}

} // namespace

std::vector<SavedMapping> list_mappings(Session& session) {
    std::vector<SavedMapping> mappings;
    Statement list(session.db, kListMappings);
    list.bind(session.workspace);
    while (list.row()) mappings.push_back(mapping_of(list));
    return mappings;
}

std::optional<SavedMapping> read_mapping(Session& session, std::string_view name) {
    Statement read(session.db, kReadMapping);
    read.bind(session.workspace).bind(name);
    return read.row() ? std::optional(mapping_of(read)) : std::nullopt;
}

std::optional<SavedMapping> find_mapping(Session& session, std::string_view fingerprint) {
    if (fingerprint.empty()) return std::nullopt;
    Statement find(session.db, kFindMapping);
    find.bind(session.workspace).bind(fingerprint);
    return find.row() ? std::optional(mapping_of(find)) : std::nullopt;
}

void put_mapping(Session& session, const SavedMapping& mapping) {
    Statement put(session.db, kPutMapping);
    put.bind(session.workspace).bind(mapping.name).bind(mapping.fingerprint).bind(mapping.header).bind(mapping.mapping);
    put.bind(mapping.actor).bind(mapping.created_at).bind(mapping.updated_at);
    put.run();
}

bool drop_mapping(Session& session, std::string_view name) {
    if (!read_mapping(session, name)) return false;
    Statement drop(session.db, kDropMapping);
    drop.bind(session.workspace).bind(name);
    drop.run();
    return true;
}

} // namespace tributary::sqlite
