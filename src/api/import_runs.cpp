// See import_runs.hpp.
#include "api/import_runs.hpp"

#include "api/import.hpp"
#include "deal/json.hpp"
#include "deal/show.hpp"

#include <array>
#include <fmt/format.h>
#include <vector>

namespace tributary {

void append_progress(std::string& out, const ImportProgress& progress) {
    static constexpr std::array<std::string_view, 3> kPhases = {"receiving", "waiting", "running"};
    out += fmt::format(R"({{"phase":"{}","bytes":{},"bytes_total":{},"rows":{},{}"rows_per_second":{:.1f},"seconds_left":{}}})",
                       kPhases[static_cast<std::size_t>(progress.phase)], progress.bytes,
                       progress.bytes_total ? std::to_string(*progress.bytes_total) : "null", progress.rows,
                       progress.rows_total ? fmt::format(R"("rows_total":{},)", *progress.rows_total) : std::string(), progress.rows_per_second,
                       progress.seconds_left ? std::to_string(*progress.seconds_left) : "null");
}

void ImportRuns::add(const TenantScope& scope, const Id& unit, const std::shared_ptr<Import>& import) {
    const std::lock_guard lock(mutex_);
    std::erase_if(runs_, [](const auto& run) { return run.second.import.expired(); });
    runs_[unit.text()] = {scope.workspace(), import};
}

std::shared_ptr<Import> ImportRuns::find(const TenantScope& scope, const Id& unit) {
    const std::lock_guard lock(mutex_);
    const auto found = runs_.find(unit.text());
    return found == runs_.end() || found->second.workspace != scope.workspace() ? nullptr : found->second.import.lock();
}

std::string ImportRuns::text(WorkspaceNo workspace) {
    std::vector<std::shared_ptr<Import>> imports; // are asked without the lock, and end without it
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, run] : runs_) {
            if (run.workspace != workspace) continue;
            if (auto import = run.import.lock()) imports.push_back(std::move(import));
        }
    }
    std::string out;
    for (const auto& import : imports) {
        const Unit unit = import->unit();
        if (unit.state != UnitState::Running) continue;
        out += out.empty() ? "[{\"import_id\":" : ",{\"import_id\":";
        append_id(out, unit.id);
        append_counts(out, unit.counts);
        append_key(out, "progress");
        append_progress(out, import->progress());
        out += '}';
    }
    return out.empty() ? out : out + "]";
}

} // namespace tributary
