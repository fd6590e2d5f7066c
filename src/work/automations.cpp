// See automations.hpp.
#include "work/automations.hpp"

#include "pipeline/pipeline.hpp"

#include <chrono>
#include <future>
#include <span>

namespace tributary {
namespace {

constexpr std::string_view kFollower = "automations";

using DueRow = LedgerReader::DueRow;

} // namespace

Automations::Automations(Store& store, Writer& writer, const Clock& clock, OnFailure on_failure)
    : store_(store), writer_(writer), clock_(clock), on_failure_(std::move(on_failure)) {
    for (const auto& row : store_.registry().list_workspaces()) {
        due_.emplace(row.tenant, ScopeMaker::make(row.tenant, row.no, row.tenant_id, row.workspace_id));
    }
    thread_ = std::thread([this] { run(); });
}

Automations::~Automations() { stop(); }

void Automations::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Automations::wake(const TenantScope& scope) {
    {
        const std::lock_guard lock(mutex_);
        due_.emplace(scope.tenant(), scope);
    }
    wake_.notify_one();
}

bool Automations::idle() const {
    const std::lock_guard lock(mutex_);
    return due_.empty() && !busy_;
}

void Automations::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (due_.empty()) {
            busy_ = false;
            wake_.wait(lock);
            continue;
        }
        const TenantScope scope = due_.begin()->second;
        due_.erase(due_.begin());
        busy_ = true;
        lock.unlock();
        const bool done = follow(scope);
        lock.lock();
        if (done || stopping_) continue;
        due_.emplace(scope.tenant(), scope);
        wake_.wait_for(lock, std::chrono::milliseconds(kRetryMs), [this] { return stopping_; });
    }
}

// The cursor and the due rows are the tenant's; the workspace of a scope only matters for writing.
bool Automations::follow(const TenantScope& some_workspace) {
    for (;;) {
        std::vector<DueRow> rows;
        try {
            store_.read(some_workspace, [&](LedgerReader& ledger) { rows = ledger.list_due(kDueAutomation, ledger.cursor(kFollower), kRowsPerTurn); });
        } catch (const std::exception& error) {
            on_failure_(error.what());
            return false;
        }
        if (rows.empty()) return true;
        // Neighbours of one workspace are written together; the cursor moves with them, in the order of the journal.
        for (std::size_t from = 0; from < rows.size();) {
            std::size_t to = from;
            while (to < rows.size() && rows[to].workspace == rows[from].workspace) ++to;
            const std::span<const DueRow> run(rows.data() + from, to - from);
            const auto scope = ScopeMaker::make(some_workspace.tenant(), run.front().workspace, some_workspace.tenant_id(), "");
            auto committed = std::make_shared<std::promise<bool>>();
            auto answer = committed->get_future();
            const auto work = [&](Turn& turn) {
                turn.told.clear();
                for (const DueRow& row : run) turn.told.push_back(fired(row.entry.deal, row.entry.seq, clock_.now_ms()));
                turn.ledger.append_journal(turn.told);
                turn.ledger.put_cursor(kFollower, run.back().entry.seq);
            };
            if (!writer_.submit(scope, Writer::Lane::Bulk, work, [committed](bool ok) { committed->set_value(ok); })) return false;
            if (!answer.get()) return false;
            from = to;
        }
    }
}

} // namespace tributary
