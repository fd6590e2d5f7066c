// See runtime.hpp.
#include "cli/runtime.hpp"

#include "cli/secret_key.hpp"

#include "api/crm_import.hpp"
#include "api/doors.hpp"
#include "api/flip.hpp"
#include "api/import_feed.hpp"
#include "api/undo.hpp"
#include "crm/sealing.hpp"
#include "http/http.hpp"
#include "pipeline/flip.hpp"
#include "pipeline/undo.hpp"

#include <algorithm>
#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <future>
#include <iterator>
#include <stdexcept>
#include <sys/file.h>
#include <unistd.h>

namespace tributary {

DataLock::DataLock(const std::string& directory) {
    std::filesystem::create_directories(directory);
    std::filesystem::permissions(directory, std::filesystem::perms::owner_all);
    const std::string path = directory + "/tributary.lock";
    file_ = ::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (file_ < 0) throw std::runtime_error("cannot write to the data directory " + directory);
    if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
        ::close(file_);
        throw std::runtime_error("another tributary is using the data directory " + directory);
    }
}

DataLock::~DataLock() { ::close(file_); }

namespace {

constexpr unsigned kHashersAtOnce = 2;
constexpr std::size_t kHashesWaitingMax = 64; // some three seconds of waiting
constexpr unsigned kCallersAtOnce = 4;
constexpr std::size_t kCallsWaitingMax = 64;
constexpr unsigned kFetchersAtOnce = 4; // whole accounts that are imported at a time
constexpr std::size_t kFetchesWaitingMax = 100;

// What the hub puts beside the events. A workspace number is all it knows of the scope.
std::string live_metrics(RankBook& ranks, WorkspaceNo workspace) {
    std::string out;
    const auto of = ranks.known(workspace);
    if (of) append_metrics(out, *of->published(), *of->settings(), std::nullopt, MetricsShape::OfWorkspace);
    return out;
}

// An import without a server connects nothing and needs no key: it must neither ask for one nor make one beside the told one.
KeyRing ring_for(const Runtime::Options& options, Store& store) {
    if (!options.connects) return KeyRing::parse(KeyRing::new_key()).value();
    return key_ring(options.data, options.secret_keys, !holds_secrets(store.connections()));
}

// Their accounts wait for another key, or to be connected again; the rest of the program does not.
void look_at_secrets(Store& store, const Vault& vault) {
    const auto closed = survey_seals(store.connections(), vault).closed.size();
    if (closed != 0) log_event("error", "secrets_do_not_open", std::to_string(closed));
}

} // namespace

Runtime::Runtime(const Options& options)
    : lock_(options.data), store_(open_sqlite({.directory = options.data, .readers = options.readers + 2})),
      ranks_([this](const TenantScope& scope) { return load_ranks(*store_, scope); }),
      hub_(http::make_frame, [this](std::int64_t workspace) { return live_metrics(ranks_, workspace); }, [this](std::int64_t workspace) { return imports_.text(workspace); }),
      writer_(std::make_unique<Writer>(
          *store_, ranks_, hub_, clock_, [this](const TenantScope& scope) { automations_.wake(scope); },
          [](std::string_view why) { log_event("error", "commit_failed", why); })),
      automations_(*store_, *writer_, clock_, [](std::string_view why) { log_event("error", "automation_failed", why); }),
      credentials_(*store_, clock_, Front{.trusts_proxy = options.trusts_proxy}), rates_(clock_), tickets_(clock_), readers_(options.readers),
      hashers_(kHashersAtOnce, kHashesWaitingMax), long_readers_(1), vault_(ring_for(options, *store_)), callers_(kCallersAtOnce, kCallsWaitingMax),
      fetchers_(kFetchersAtOnce, kFetchesWaitingMax), replays_(clock_), crm_(crm_ports(), options.crm),
      app_{*store_, ranks_, hub_, *writer_, clock_, credentials_, rates_, tickets_, in_flight_, sessions_, readers_, long_readers_, views_, sources_, observer_, draining_, options.data, jobs_, imports_, hashers_, callers_, fetchers_, crm_, replays_} {
    observer_.set_gauges([this] {
        return Observer::Gauges{.queue = static_cast<double>(writer_->queued()), .watchers = static_cast<double>(hub_.watchers()),
                                .watchers_dropped = static_cast<double>(hub_.dropped()), .commits = static_cast<double>(writer_->commits()),
                                .commit_failures = static_cast<double>(writer_->failures())};
    });
    // Ranks are loaded before the first request, not by it.
    for (const WorkspaceRow& row : store_->registry().list_workspaces()) {
        const auto scope = ScopeMaker::make(row.tenant, row.no, row.tenant_id, row.workspace_id);
        (void)ranks_.of(scope);
        store_->read(scope, [&](LedgerReader& ledger) { sources_.load(scope, ledger); });
    }
    if (options.connects) {
        look_at_secrets(*store_, vault_);
        crm_.start();
    }
    go_on_where_it_stopped(options.connects);
    tidy_thread_ = std::thread([this] { tidy_until_stopped(); });
}

Crm::Ports Runtime::crm_ports() {
    return {.store = *store_,
            .writer = *writer_,
            .ranks = ranks_,
            .clock = clock_,
            .vault = vault_,
            .counted =
                [this](const CrmOrigin& origin, const UnitCounts& counts, const Refusal* refusal, std::int64_t duration_us) {
                    observer_.counted(origin.source, counts);
                    sources_.came_in(origin.scope, origin.source, counts, refusal, duration_us, clock_.now_ms());
                },
            .log = [](std::string_view event, std::string_view what) { log_event("warn", event, what); }};
}

// What was running when the program ended goes on where it stopped: an undo, a flipping of values, and an import whose input was stored to
// its end. Another import says that it will not; sending its input again is harmless.
void Runtime::go_on_where_it_stopped(bool connects) {
    for (const WorkspaceRow& row : store_->registry().list_workspaces()) {
        const auto scope = ScopeMaker::make(row.tenant, row.no, row.tenant_id, row.workspace_id);
        for (Unit& unit : running_units(scope)) {
            if (unit.door == kUndoDoor) go_on_with_undo(app_, scope, unit.id);
            else if (unit.door == kFlipDoor) go_on_with_flip(app_, scope, unit.id);
            else if (can_go_on(unit)) go_on_with_import(app_, scope, unit);
            else if (is_crm_import(unit) && (!connects || go_on_with_crm_import(app_, scope, unit))) continue;
            else close_cut_off(scope, std::move(unit));
        }
    }
}

std::vector<Unit> Runtime::running_units(const TenantScope& scope) {
    constexpr std::uint32_t kUnitsPerRead = 500;
    std::vector<Unit> running;
    store_->read(scope, [&](LedgerReader& ledger) {
        UnitQuery query{.source = {}, .after = {}, .limit = kUnitsPerRead, .state = UnitState::Running};
        do {
            UnitPage page = ledger.list_units(query);
            std::ranges::move(page.units, std::back_inserter(running));
            query.after = std::move(page.next);
        } while (!query.after.empty());
    });
    return running;
}

void Runtime::close_cut_off(const TenantScope& scope, Unit unit) {
    unit.state = UnitState::Failed;
    unit.failure = "The server stopped before the import had ended; send the input again, what is stored will be unchanged.";
    unit.finished_at = clock_.now_ms();
    std::promise<bool> closed;
    const auto close = [&unit](Turn& turn) {
        turn.ledger.put_unit(unit);
        turn.told = {about_unit(unit, Happening::ImportFinished, turn.now_ms)};
        turn.ledger.append_journal(turn.told);
    };
    const bool taken = writer_->submit(scope, Writer::Lane::Bulk, close, [&closed](bool committed) { closed.set_value(committed); });
    if (!taken || !closed.get_future().get()) throw std::runtime_error("an import that was cut off could not be closed");
}

Runtime::~Runtime() { stop(); }

void Runtime::stop() {
    draining_ = true;
    crm_.stop(); // calls under way end, so that nobody waits for another server
    fetchers_.stop();
    callers_.stop();
    jobs_.stop();
    hashers_.stop();
    readers_.stop();
    long_readers_.stop();
    automations_.stop();
    keep_sources(); // written by the writer before it ends
    writer_->stop();
    hub_.stop();
    {
        const std::lock_guard lock(tidy_mutex_);
        stopping_ = true;
    }
    tidy_wake_.notify_all();
    if (tidy_thread_.joinable()) tidy_thread_.join();
}

void Runtime::keep_sources() {
    for (SourceBook::Changed& changed : sources_.take_changed()) {
        const auto kept = std::make_shared<const SourceBook::Changed>(std::move(changed));
        const auto work = [kept](Turn& turn) {
            turn.told.clear();
            for (const SourceFigures& figures : kept->figures) turn.ledger.put_source_figures(figures);
        };
        const auto done = [this, kept](bool committed) {
            if (!committed) sources_.put_back(*kept);
        };
        if (!writer_->submit(kept->scope, Writer::Lane::Single, work, done)) sources_.put_back(*kept);
    }
}

void Runtime::tidy_until_stopped() {
    constexpr std::uint64_t kRoundsPerTidy = 2;
    constexpr std::uint64_t kRoundsPerKept = SourceBook::kKeptEveryMs / 500;
    std::uint64_t rounds = 0;
    std::unique_lock lock(tidy_mutex_);
    while (!stopping_) {
        tidy_wake_.wait_for(lock, std::chrono::milliseconds(500), [this] { return stopping_; });
        lock.unlock();
        try {
            sessions_.close_revoked(credentials_);
            credentials_.sessions().keep_house();
            if (++rounds % kRoundsPerTidy == 0) store_->tidy(clock_.now_ms());
            if (rounds % kRoundsPerKept == 0) keep_sources();
        } catch (const StoreError& error) {
            log_event("warn", "tidy_failed", error.what());
        }
        lock.lock();
    }
}

} // namespace tributary
