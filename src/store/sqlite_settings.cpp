// Stored answers, settings and followers' cursors: small things looked up by key.
#include "store/sqlite_settings.hpp"

#include "store/sqlite_queries.hpp"
#include "store/sqlite_session.hpp"

namespace tributary::sqlite {
namespace {

constexpr std::size_t kWorkspacesKeptMax = 10'000;

std::int64_t settings_version(Session& session) {
    Statement read(session.db, kSettingsVersion);
    read.bind(session.workspace);
    return read.row() ? read.number(0) : 0;
}

} // namespace

std::optional<Settings> SettingsBook::find(WorkspaceNo workspace, std::int64_t version) const {
    const std::lock_guard lock(mutex_);
    const auto kept = kept_.find(workspace);
    if (kept == kept_.end() || kept->second.version != version) return std::nullopt;
    return kept->second.settings;
}

void SettingsBook::keep(WorkspaceNo workspace, std::int64_t version, const Settings& settings) {
    const std::lock_guard lock(mutex_);
    if (kept_.size() >= kWorkspacesKeptMax) kept_.clear();
    kept_.insert_or_assign(workspace, Kept{version, settings});
}

std::optional<StoredAnswer> find_answer(Session& session, std::string_view scope, std::string_view key, std::int64_t now_ms) {
    Statement find(session.db, kFindAnswer);
    find.bind(scope).bind(key).bind(now_ms);
    if (!find.row()) return std::nullopt;
    return StoredAnswer{.scope = std::string(scope),
                        .key = std::string(key),
                        .fingerprint = std::string(find.text(0)),
                        .status = static_cast<std::int32_t>(find.number(1)),
                        .content_type = std::string(find.text(2)),
                        .location = std::string(find.text(3)),
                        .body = std::string(find.text(4)),
                        .expires_at = find.number(5)};
}

void put_answer(Session& session, const StoredAnswer& answer) {
    Statement put(session.db, kPutAnswer);
    put.bind(answer.scope).bind(answer.key).bind(answer.expires_at).bind(answer.fingerprint).bind(std::int64_t{answer.status});
    put.bind(answer.content_type).bind(answer.location).bind(answer.body);
    put.run();
}

// A version that a transaction wrote and lost could come again with other settings; so they are kept only by readers,
// which see committed versions alone.
Settings read_settings(Session& session) {
    const std::int64_t version = settings_version(session);
    if (version == 0) return {};
    if (auto kept = session.settings_book.find(session.workspace, version); kept && session.turn == nullptr) return *kept;
    Statement read(session.db, kReadSettings);
    read.bind(session.workspace);
    if (!read.row()) return {};
    auto settings = parse_settings(read.text(0));
    if (!settings) throw StoreError("stored settings cannot be read: " + settings.error().message);
    if (session.turn == nullptr) session.settings_book.keep(session.workspace, version, *settings);
    return *settings;
}

void put_settings(Session& session, const Settings& settings) {
    const std::int64_t version = settings_version(session) + 1;
    const std::string body = settings_json(settings);
    Statement put(session.db, kPutSettings);
    put.bind(session.workspace).bind(version).bind(body);
    put.run();
}

std::uint64_t read_cursor(Session& session, std::string_view follower) {
    Statement read(session.db, kReadCursor);
    read.bind(follower);
    return read.row() ? static_cast<std::uint64_t>(read.number(0)) : 0;
}

void put_cursor(Session& session, std::string_view follower, std::uint64_t seq) {
    Statement put(session.db, kPutCursor);
    put.bind(follower).bind(static_cast<std::int64_t>(seq));
    put.run();
}

} // namespace tributary::sqlite
