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
#include "deal/clock.hpp"
#include "live/hub.hpp"
#include "pipeline/ranks.hpp"
#include "pipeline/writer.hpp"
#include "store/store.hpp"

#include <atomic>

namespace tributary {

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
};

} // namespace tributary
