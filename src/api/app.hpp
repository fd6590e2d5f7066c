// What the routes stand on: the long-lived objects of the server, made in cli/serve.cpp in dependency order.
#pragma once
#include "api/credentials.hpp"
#include "api/deal_views.hpp"
#include "api/import_jobs.hpp"
#include "api/import_runs.hpp"
#include "api/in_flight.hpp"
#include "api/live_sessions.hpp"
#include "api/observe.hpp"
#include "api/rate_limit.hpp"
#include "api/readers.hpp"
#include "api/source_book.hpp"
#include "crm/replay_memory.hpp"
#include "deal/clock.hpp"
#include "live/hub.hpp"
#include "pipeline/ranks.hpp"
#include "pipeline/writer.hpp"
#include "store/store.hpp"

#include <atomic>

namespace tributary {

class Crm;

struct App {
    Store& store;
    RankBook& ranks;
    Hub& hub;
    Writer& writer;
    const Clock& clock;
    Credentials& credentials;
    RateLimits& rates;
    Tickets& tickets;
    InFlight& in_flight;
    LiveSessions& sessions;
    Readers& readers;
    Readers& long_readers; // one thread, for passes over all deals
    DealViews& views;
    SourceBook& sources;
    Observer& observer;
    std::atomic<bool>& draining; // readiness goes off first
    std::string spill_directory; // on a disk with room: plans keep there what they would make
    ImportJobs& jobs;
    ImportRuns& imports;
    Readers& hashers; // for passwords: each takes long and much memory, so few at a time
    Readers& callers; // for what waits on other servers
    Readers& fetchers; // imports of whole accounts
    Crm& crm;
    ReplayMemory& replays; // signatures of CRMs
};

} // namespace tributary
