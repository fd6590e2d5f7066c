// What an operator sees: Prometheus counters per source and JSON log lines. No personal data and no secrets in either:
// log lines carry route patterns, never addresses with their query.
#pragma once
#include "deal/names.hpp"
#include "deal/unit.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace tributary {

class Observer {
  public:
    Observer();
    ~Observer();
    Observer(const Observer&) = delete;
    Observer& operator=(const Observer&) = delete;

    void counted(Source source, const UnitCounts& counts); // rows of one batch or one deal
    void refused(Source source);                           // an arrival refused as a whole
    void took(Source source, std::int64_t duration_us);    // a single deal: from its whole body to its durable answer
    // An import's slice: from being handed to the writer until it is durable, the waiting for its turn included.
    void slice_took(Source source, std::int64_t duration_us);
    // An import as a whole, from its head: done, failed or cancelled.
    void import_ended(Source source, UnitState state, std::int64_t duration_us);
    void answered(int status);
    // Read when the metrics are: writer queue, live watchers, commits, failures.
    struct Gauges { double queue = 0, watchers = 0, watchers_dropped = 0, commits = 0, commit_failures = 0; };
    void set_gauges(std::function<Gauges()> read);
    [[nodiscard]] std::string text() const; // Prometheus exposition format 0.0.4

  private:
    struct Families;
    void add_imports();
    std::unique_ptr<Families> families_;
};

struct RequestLine {
    std::string_view request_id, tenant_id, source, method, route;
    int status = 0;
    std::int64_t duration_us = 0;
    std::size_t bytes_in = 0, bytes_out = 0;
};
// To standard error, one JSON object a line. Levels: debug, info, warn, error, off.
void start_logging(std::string_view level);
void log_request(const RequestLine& line);
void log_event(std::string_view level, std::string_view event, std::string_view detail);
void flush_logs();

} // namespace tributary
