// See account.hpp.
#include "crm/account.hpp"

#include "crm/crm_failure.hpp"

#include <chrono>
#include <exception>

namespace tributary {
namespace {

constexpr std::int64_t kSleepMsMax = 1'000; // an event that another process stored is seen so soon

} // namespace

CrmOrigin crm_origin(const CrmConnection& row) {
    return {.connection = row.id,
            .scope = ScopeMaker::make(row.tenant, row.workspace, row.tenant_id, row.workspace_id),
            .source = row.system,
            .system = std::string(source_key(row.system)) + ":" + row.account};
}

CrmAccount::CrmAccount(const CrmGround& ground, const CrmConnection& row, CrmSyncOptions options, std::vector<std::string> properties)
    : ground_(ground), origin_(crm_origin(row)), pace_(ground.pace) {
    api_ = outside::live_hubspot(
        ground_.https, pace_, ground_.tokens.source(row.id, stop_.get_token()),
        {.url = ground_.settings.hubspot.api_url, .version = ground_.settings.hubspot.version, .deal_properties = std::move(properties)});
    remote_ = std::make_unique<HubspotRemote>(*api_, ground_.clock, stop_.get_token());
    CrmSyncState state = parse_crm_sync_state(row.sync);
    if (state.since_ms == 0) state.since_ms = row.created_at;
    const CrmSync::Ports ports{.origin = origin_,
                               .remote = *remote_,
                               .intake = ground_.intake,
                               .store = ground_.store,
                               .writer = ground_.writer,
                               .clock = ground_.clock,
                               .keep =
                                   [this](const CrmSyncState& now) {
                                       ground_.store.connections().put(origin_.connection, Connections::Part::Sync,
                                                                       crm_sync_state_text(now));
                                       const std::lock_guard lock(mutex_);
                                       health_.sync = now;
                                   },
                               .account =
                                   [this](const std::string& text) {
                                       ground_.store.connections().put(origin_.connection, Connections::Part::Reading, text);
                                       ground_.account_changed(origin_.connection);
                                   },
                               .health = [this](const CrmFailure* failure) { note(failure); }};
    health_.sync = state;
    sync_ = std::make_unique<CrmSync>(ports, options, std::move(state));
    thread_ = std::jthread([this] { run(); });
}

CrmAccount::~CrmAccount() {
    stop_.request_stop();
    wake();
    if (thread_.joinable()) thread_.join();
}

void CrmAccount::note(const CrmFailure* failure) {
    const std::int64_t now = ground_.clock.now_ms();
    {
        const std::lock_guard lock(mutex_);
        if (failure == nullptr) {
            health_.last_ok_at = now;
            health_.failed_at = 0;
            health_.code.clear();
            health_.text.clear();
            return;
        }
        health_.failed_at = now;
        health_.code = failure->code;
        health_.text = failure->text;
    }
    if (failure->kind != CrmFailure::Kind::Stopped) ground_.log("crm_call_failed", failure->code);
    if (failure->kind != CrmFailure::Kind::SignedOut) return;
    signed_out_ = true; // before anybody can see that the connection is
    ground_.tokens.give_up(origin_.connection, failure->text);
}

void CrmAccount::run() {
    while (!stop_.stop_requested()) {
        std::int64_t pause_ms = kSleepMsMax;
        try {
            const CrmSync::Next next = sync_->step();
            if (next.signed_out) { // connected again, it is made anew
                signed_out_ = true;
                return;
            }
            pause_ms = next.at_ms - ground_.clock.now_ms();
        } catch (const std::exception& error) {
            ground_.log("crm_sync_failed", error.what());
        }
        if (pause_ms <= 0) continue;
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, stop_.get_token(), std::chrono::milliseconds(std::min(pause_ms, kSleepMsMax)), [this] { return woken_; });
        woken_ = false;
    }
}

CrmResult<CrmRecord> CrmAccount::sample(const std::string& id, const CrmReading& reading) {
    outside::HubspotSettings settings{.url = ground_.settings.hubspot.api_url, .version = ground_.settings.hubspot.version};
    for (const CrmFieldEntry& entry : reading.fields) settings.deal_properties.push_back(entry.property);
    const auto api =
        outside::live_hubspot(ground_.https, pace_, ground_.tokens.source(origin_.connection, stop_.get_token()), std::move(settings));
    HubspotRemote remote(*api, ground_.clock, stop_.get_token());
    std::vector<std::string> ids{id};
    if (id.empty()) {
        const auto any = api->list_deals({.limit = 1}, stop_.get_token());
        if (!any) return std::unexpected(crm_failure(any.error(), ground_.clock.now_ms()));
        if (any->records.empty()) return CrmRecord{};
        ids = {any->records.front().id};
    }
    auto found = remote.read(ids);
    if (!found) return std::unexpected(std::move(found.error()));
    return found->empty() ? CrmRecord{} : std::move(found->front());
}

void CrmAccount::wake() {
    {
        const std::lock_guard lock(mutex_);
        woken_ = true;
    }
    wake_.notify_all();
}

void CrmAccount::compare_now() {
    sync_->compare_now();
    wake();
}

void CrmAccount::poll_now() {
    sync_->poll_now();
    wake();
}

void CrmAccount::look_now() {
    sync_->look_now();
    wake();
}

CrmHealth CrmAccount::health() const {
    CrmHealth health;
    {
        const std::lock_guard lock(mutex_);
        health = health_;
    }
    health.calls = pace_.budget.counts();
    ground_.store.read(origin_.scope, [&](LedgerReader& ledger) { health.wanted = ledger.wanted_figures(origin_.connection); });
    return health;
}

} // namespace tributary
