// The imports that are under way in this process: to see how far one is, and to cancel it. Thread-safe.
#pragma once
#include "deal/id.hpp"
#include "store/scope.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace tributary {

class Import;

// How far an import is. Bytes are of the raw input.
struct ImportProgress {
    enum class Phase : std::uint8_t {
        Receiving, // its bytes come in and are stored
        Waiting,   // it is stored, and other imports run
        Running,   // its rows are run
    };
    Phase phase = Phase::Receiving;
    std::uint64_t bytes = 0;                     // received, or read again
    std::optional<std::uint64_t> bytes_total;    // nullopt: the sender has not said
    std::uint64_t rows = 0;
    std::optional<std::uint64_t> rows_total;     // told by what knows it beforehand: an undo
    double rows_per_second = 0;                  // since the first row
    std::optional<std::int64_t> seconds_left;    // nullopt: not known yet
};
void append_progress(std::string& out, const ImportProgress& progress); // a JSON object

class ImportRuns {
  public:
    void add(const TenantScope& scope, const Id& unit, const std::shared_ptr<Import>& import);
    [[nodiscard]] std::shared_ptr<Import> find(const TenantScope& scope, const Id& unit);
    // Of a workspace, for those who watch it: [{"import_id","counts":{...},"progress":{...}}], or empty for none.
    [[nodiscard]] std::string text(WorkspaceNo workspace);

  private:
    struct Run { WorkspaceNo workspace; std::weak_ptr<Import> import; };
    std::mutex mutex_;
    std::unordered_map<std::string, Run> runs_; // by the unit's id as text; what has ended is dropped at the next add()
};

} // namespace tributary
