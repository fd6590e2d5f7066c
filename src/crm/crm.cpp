// See crm.hpp.
#include "crm/crm.hpp"

#include "crm/account_text.hpp"
#include "crm/consent.hpp"

#include <algorithm>

namespace tributary {
namespace {

Refusal refusal_of(Connections::Added added) {
    switch (added) {
    case Connections::Added::BoundElsewhere:
        return {.reason = Reason::Conflict,
                .code = "account_bound_elsewhere",
                .message = "This account is connected elsewhere on this server; it must be disconnected there first.",
                .details = {}};
    case Connections::Added::AlreadyHere:
        return {.reason = Reason::Conflict, .code = "already_connected", .message = "This account is already connected.", .details = {}};
    case Connections::Added::TooMany:
    case Connections::Added::Yes: break;
    }
    return {.reason = Reason::Conflict,
            .code = "too_many_accounts",
            .message = "No more accounts can be connected; disconnect one first.",
            .details = {}};
}

} // namespace

Crm::Crm(Ports ports, CrmSettings settings)
    : ports_(std::move(ports)), settings_(std::move(settings)),
      tokens_(ports_.store.connections(), ports_.vault, ports_.clock, pace_,
              [this](const OpenedConnection& connection, const std::stop_token& stop) { return renew(connection, stop); }),
      intake_(
          ports_.writer, ports_.ranks, ports_.clock, [this](const CrmOrigin& origin) { return reading(origin.connection); },
          ports_.counted) {}

Crm::~Crm() { stop(); }

void Crm::start() {
    for (const CrmConnection& row : ports_.store.connections().list_all()) {
        if (row.state == ConnectionState::Connected) put_to_work(row);
    }
}

void Crm::stop() {
    std::map<Id, std::shared_ptr<CrmAccount>> ending;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        ending.swap(accounts_);
    }
}

void Crm::put_to_work(const CrmConnection& row) {
    const CrmGround ground{.store = ports_.store,
                           .writer = ports_.writer,
                           .clock = ports_.clock,
                           .intake = intake_,
                           .tokens = tokens_,
                           .https = https_,
                           .pace = pace_,
                           .settings = settings_,
                           .account_changed = [this](const Id& id) { forget_reading(id); },
                           .log = ports_.log};
    std::vector<std::string> properties;
    const CrmReading mapped = crm_reading_of(row.account, {}, ports_.store.connections().read_map(row.id, 0).map, false);
    for (const CrmFieldEntry& entry : mapped.fields) properties.push_back(entry.property);
    std::shared_ptr<CrmAccount> before; // ended outside of the lock
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    auto& place = accounts_[row.id];
    before = std::move(place);
    place = std::make_shared<CrmAccount>(ground, row, CrmSyncOptions{}, std::move(properties));
}

std::shared_ptr<CrmAccount> Crm::account(const Id& id) {
    const std::lock_guard lock(mutex_);
    const auto found = accounts_.find(id);
    return found == accounts_.end() ? nullptr : found->second;
}

std::shared_ptr<const CrmReading> Crm::reading(const Id& id) {
    {
        const std::lock_guard lock(mutex_);
        if (const auto known = readings_.find(id); known != readings_.end()) return known->second;
    }
    const auto row = ports_.store.connections().read(id);
    if (!row) return nullptr;
    // The first connection of its CRM in the workspace inherits what was pushed before (docs/decisions/0020-crm-ids.md).
    const auto all = ports_.store.connections().list(row->workspace);
    const auto first = std::ranges::find(all, row->system, &CrmConnection::system);
    const auto made = std::make_shared<const CrmReading>(
        crm_reading_of(row->account, row->reading, ports_.store.connections().read_map(id, 0).map, first != all.end() && first->id == id));
    const std::lock_guard lock(mutex_);
    return readings_.insert_or_assign(id, made).first->second;
}

std::uint32_t Crm::put_map(const CrmConnection& row, std::string_view map, std::string_view actor) {
    const std::uint32_t version = ports_.store.connections().add_map(row.id, map, actor, ports_.clock.now_ms());
    forget_reading(row.id);
    const auto now = ports_.store.connections().read(row.id);
    if (version != 0 && now && now->state == ConnectionState::Connected) put_to_work(*now); // it asks for what the map names
    return version;
}

void Crm::forget_reading(const Id& id) {
    const std::lock_guard lock(mutex_);
    readings_.erase(id);
}

void Crm::wake(const Id& id) {
    if (const auto at_work = account(id)) at_work->wake();
}

Result<Crm::Connected> Crm::add(CrmConnection row) {
    Connected made{.row = std::move(row), .hook = Secret(random_word())};
    made.row.hook = hook_hash(made.hook.reveal());
    const auto added = ports_.store.connections().add(made.row);
    if (added != Connections::Added::Yes) return std::unexpected(refusal_of(added));
    put_to_work(made.row);
    return made;
}

void Crm::disconnect(const CrmConnection& row) {
    std::shared_ptr<CrmAccount> ending;
    {
        const std::lock_guard lock(mutex_);
        const auto found = accounts_.find(row.id);
        if (found != accounts_.end()) ending = std::move(found->second);
        if (found != accounts_.end()) accounts_.erase(found);
    }
    ending.reset(); // its thread ends before its tokens do
    revoke(row);
    ports_.store.connections().disconnect(row.id, ports_.clock.now_ms());
}

} // namespace tributary
