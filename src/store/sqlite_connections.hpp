// Connected accounts in the tables above tenants. Private to the store's room; any thread, any process.
#pragma once
#include "store/connections.hpp"
#include "store/sqlite_registry_file.hpp"

namespace tributary::sqlite {

class SqliteConnections final : public Connections {
  public:
    explicit SqliteConnections(RegistryFile& file) : file_(file) {}

    Added add(const CrmConnection& connection) override;
    std::vector<CrmConnection> list(WorkspaceNo workspace) override;
    std::vector<CrmConnection> list_all() override;
    std::optional<CrmConnection> read(const Id& id) override;
    std::optional<CrmConnection> find_account(Source system, std::string_view account) override;
    std::optional<CrmConnection> find_hook(std::string_view hash) override;
    void put(const Id& id, Part part, std::string_view text) override;
    bool take_lease(const Id& id, std::string_view holder, std::int64_t now_ms, std::int64_t until_ms) override;
    bool save_tokens(const Id& id, std::uint64_t token_version, const ConnectionTokens& tokens) override;
    bool reconnect(const Id& id, const Credentials& credentials, const ConnectionTokens& tokens, std::int64_t now_ms) override;
    bool needs_reauth(const Id& id, std::uint64_t token_version, std::string_view reason, std::int64_t now_ms) override;
    void disconnect(const Id& id, std::int64_t now_ms) override;
    void reseal(const Id& id, Column column, std::string_view old, std::string_view sealed) override;
    std::uint32_t add_map(const Id& id, std::string_view map, std::string_view made_by, std::int64_t now_ms) override;
    ConnectionMap read_map(const Id& id, std::uint32_t version) override;
    std::vector<ConnectionMap> list_maps(const Id& id) override;
    void put_state(std::string_view hash, std::string_view about, std::int64_t now_ms, std::int64_t expires_at) override;
    std::optional<std::string> take_state(std::string_view hash, std::int64_t now_ms) override;

  private:
    RegistryFile& file_;
};

} // namespace tributary::sqlite
