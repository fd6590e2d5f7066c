// Settings of workspaces, parsed once per version. Private to the store's room; any thread.
#pragma once
#include "deal/settings.hpp"
#include "store/scope.hpp"

#include <mutex>
#include <optional>
#include <unordered_map>

namespace tributary::sqlite {

class SettingsBook {
  public:
    [[nodiscard]] std::optional<Settings> find(WorkspaceNo workspace, std::int64_t version) const;
    void keep(WorkspaceNo workspace, std::int64_t version, const Settings& settings);

  private:
    struct Kept {
        std::int64_t version = 0;
        Settings settings;
    };
    mutable std::mutex mutex_;
    std::unordered_map<WorkspaceNo, Kept> kept_;
};

} // namespace tributary::sqlite
