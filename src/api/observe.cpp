// See observe.hpp.
#include "api/observe.hpp"

#include "deal/clock.hpp"
#include "deal/date.hpp"
#include "deal/json.hpp"
#include "sources/source.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

namespace tributary {

struct Observer::Families {
    prometheus::Registry registry;
    struct OfSource {
        prometheus::Counter *received, *created, *updated, *unchanged, *skipped, *rejected, *refused;
        prometheus::Histogram* latency;
        // Null where a source has no door for many:
        prometheus::Histogram *slice = nullptr, *import = nullptr;
        prometheus::Counter *done = nullptr, *failed = nullptr, *cancelled = nullptr;
    };
    std::array<OfSource, kSourceCount> sources{};
    std::array<prometheus::Counter*, 6> statuses{};
    prometheus::Gauge *queue, *watchers, *dropped, *commits, *failures;
    std::function<Gauges()> read;
    std::mutex mutex;
};

namespace {

// A door for one thing becomes a door for many when its body is an array.
bool takes_many(Source source) {
    for (const SourceSpec& spec : all_sources()) {
        if (spec.source == source) return std::ranges::any_of(spec.doors, [](const Door& door) { return door.kind != DoorKind::One; });
    }
    return false;
}

} // namespace

void Observer::add_imports() {
    auto& registry = families_->registry;
    auto& slices = prometheus::BuildHistogram()
                       .Name("tributary_import_slice_seconds")
                       .Help("Slices of imports, from being handed to the writer until durable.")
                       .Register(registry);
    auto& imports = prometheus::BuildHistogram()
                        .Name("tributary_import_seconds")
                        .Help("Imports as a whole, from the request's head until everything is durable.")
                        .Register(registry);
    auto& ended =
        prometheus::BuildCounter().Name("tributary_imports_total").Help("Imports that ended, by source and state.").Register(registry);
    const prometheus::Histogram::BucketBoundaries slice_bounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5};
    const prometheus::Histogram::BucketBoundaries import_bounds = {0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1'800};
    for (std::size_t at = 0; at < kSourceCount; ++at) {
        if (!takes_many(static_cast<Source>(at))) continue;
        const std::string source(source_key(static_cast<Source>(at)));
        const auto of = [&](UnitState state) { return &ended.Add({{"source", source}, {"state", std::string(unit_state_key(state))}}); };
        auto& counted = families_->sources[at];
        counted.slice = &slices.Add({{"source", source}}, slice_bounds);
        counted.import = &imports.Add({{"source", source}}, import_bounds);
        counted.done = of(UnitState::Done);
        counted.failed = of(UnitState::Failed);
        counted.cancelled = of(UnitState::Cancelled);
    }
}

Observer::Observer() : families_(std::make_unique<Families>()) {
    auto& registry = families_->registry;
    auto& received = prometheus::BuildCounter().Name("tributary_rows_received_total").Help("Rows read, by source.").Register(registry);
    auto& rows = prometheus::BuildCounter().Name("tributary_rows_total").Help("What became of rows, by source and action.").Register(registry);
    auto& refused = prometheus::BuildCounter().Name("tributary_arrivals_refused_total").Help("Arrivals refused as a whole.").Register(registry);
    auto& latency = prometheus::BuildHistogram()
                        .Name("tributary_ingest_seconds")
                        .Help("Single deals, from the whole body to the durable answer.")
                        .Register(registry);
    const prometheus::Histogram::BucketBoundaries bounds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10};
    for (std::size_t at = 0; at < kSourceCount; ++at) {
        const std::string source(source_key(static_cast<Source>(at)));
        const auto of = [&](std::string_view action) { return &rows.Add({{"source", source}, {"action", std::string(action)}}); };
        families_->sources[at] = {&received.Add({{"source", source}}), of("created"),  of("updated"), of("unchanged"),
                                  of("skipped"),                       of("rejected"), &refused.Add({{"source", source}}),
                                  &latency.Add({{"source", source}}, bounds)};
    }
    add_imports();
    auto& responses = prometheus::BuildCounter().Name("tributary_http_responses_total").Help("Answers by status class.").Register(registry);
    for (std::size_t at = 1; at < families_->statuses.size(); ++at) {
        families_->statuses[at] = &responses.Add({{"class", std::to_string(at) + "xx"}});
    }
    const auto gauge = [&](const char* name, const char* help) { return &prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({}); };
    families_->queue = gauge("tributary_writer_queue", "Works waiting for the writer.");
    families_->watchers = gauge("tributary_live_watchers", "Open live sockets.");
    families_->dropped = gauge("tributary_live_watchers_dropped", "Live sockets dropped because they were too slow or gone.");
    families_->commits = gauge("tributary_commits", "Durable transactions since the start.");
    families_->failures = gauge("tributary_commit_failures", "Works that could not be committed since the start.");
}

Observer::~Observer() = default;

void Observer::counted(Source source, const UnitCounts& counts) {
    if (source == Source::System) return;
    auto& of = families_->sources[static_cast<std::size_t>(source)];
    of.received->Increment(static_cast<double>(counts.read));
    if (counts.created != 0) of.created->Increment(static_cast<double>(counts.created));
    if (counts.updated != 0) of.updated->Increment(static_cast<double>(counts.updated));
    if (counts.unchanged != 0) of.unchanged->Increment(static_cast<double>(counts.unchanged));
    if (counts.skipped != 0) of.skipped->Increment(static_cast<double>(counts.skipped));
    if (counts.rejected != 0) of.rejected->Increment(static_cast<double>(counts.rejected));
}

void Observer::refused(Source source) {
    if (source != Source::System) families_->sources[static_cast<std::size_t>(source)].refused->Increment();
}

void Observer::took(Source source, std::int64_t duration_us) {
    if (source != Source::System) families_->sources[static_cast<std::size_t>(source)].latency->Observe(static_cast<double>(duration_us) / 1e6);
}

void Observer::slice_took(Source source, std::int64_t duration_us) {
    if (source == Source::System) return;
    if (auto* slice = families_->sources[static_cast<std::size_t>(source)].slice) slice->Observe(static_cast<double>(duration_us) / 1e6);
}

void Observer::import_ended(Source source, UnitState state, std::int64_t duration_us) {
    if (source == Source::System) return;
    auto& of = families_->sources[static_cast<std::size_t>(source)];
    if (of.import == nullptr) return;
    of.import->Observe(static_cast<double>(duration_us) / 1e6);
    (state == UnitState::Done ? of.done : state == UnitState::Cancelled ? of.cancelled : of.failed)->Increment();
}

void Observer::answered(int status) {
    const auto at = static_cast<std::size_t>(status / 100);
    if (at >= 1 && at < families_->statuses.size()) families_->statuses[at]->Increment();
}

void Observer::set_gauges(std::function<Gauges()> read) {
    const std::lock_guard lock(families_->mutex);
    families_->read = std::move(read);
}

std::string Observer::text() const {
    const std::lock_guard lock(families_->mutex);
    if (families_->read) {
        const Gauges now = families_->read();
        families_->queue->Set(now.queue);
        families_->watchers->Set(now.watchers);
        families_->dropped->Set(now.watchers_dropped);
        families_->commits->Set(now.commits);
        families_->failures->Set(now.commit_failures);
    }
    return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

namespace {

std::string opened(std::string_view level, std::string_view event) {
    static const SystemClock clock;
    std::string line = "{\"at\":\"";
    append_instant(line, clock.now_ms());
    line += '"';
    append_key(line, "level");
    append_json_string(line, level);
    append_key(line, "event");
    append_json_string(line, event);
    return line;
}

} // namespace

namespace {

// Lines wait for the second's flush, warnings do not wait: spdlog's own sinks make a system call for every line.
class BufferedStderr final : public spdlog::sinks::base_sink<std::mutex> {
  protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        buffer_.append(line.data(), line.size());
        constexpr std::size_t kBufferedBytesMax = 64 * 1024;
        if (buffer_.size() >= kBufferedBytesMax) flush_();
    }
    void flush_() override {
        std::fwrite(buffer_.data(), 1, buffer_.size(), stderr);
        buffer_.clear();
    }

  private:
    std::string buffer_;
};

} // namespace

void start_logging(std::string_view level) {
    static std::once_flag once;
    std::call_once(once, [&] {
        auto logger = std::make_shared<spdlog::logger>("tributary", std::make_shared<BufferedStderr>());
        logger->set_pattern("%v");
        logger->flush_on(spdlog::level::warn);
        spdlog::set_default_logger(logger);
        spdlog::flush_every(std::chrono::seconds(1));
    });
    spdlog::set_level(spdlog::level::from_str(std::string(level)));
}

void log_request(const RequestLine& said) {
    if (!spdlog::should_log(spdlog::level::info)) return;
    std::string line = opened("info", "request");
    const auto text = [&](std::string_view key, std::string_view value) {
        append_key(line, key);
        append_json_string(line, value);
    };
    text("request_id", said.request_id);
    text("tenant", said.tenant_id);
    text("source", said.source);
    text("method", said.method);
    text("route", said.route);
    append_key(line, "status");
    line += std::to_string(said.status);
    append_key(line, "duration_us");
    line += std::to_string(said.duration_us);
    append_key(line, "bytes_in");
    line += std::to_string(said.bytes_in);
    append_key(line, "bytes_out");
    line += std::to_string(said.bytes_out);
    line += '}';
    spdlog::info("{}", line);
}

void log_event(std::string_view level, std::string_view event, std::string_view detail) {
    std::string line = opened(level, event);
    append_key(line, "detail");
    append_json_string(line, detail);
    line += '}';
    spdlog::log(spdlog::level::from_str(std::string(level)), "{}", line);
}

void flush_logs() { spdlog::default_logger()->flush(); }

} // namespace tributary
