// Many deals on their way in: rows are pushed as they are read, go to the writer in slices, and the answer counts them all.
// Made for one arrival; push() and end come from one thread at a time, the slices' ends from the writer's.
//
// A small input is run as it comes. A large one is stored first, whole (keep_raw(), then received()), and then read again from the
// store and run (import_feed.hpp). Once its bytes are all stored, an import goes on after a stop of the program, by its unit alone.
#pragma once
#include "api/call.hpp"
#include "api/import_runs.hpp"
#include "pipeline/pipeline.hpp"
#include "pipeline/plan.hpp"
#include "sources/source.hpp"
#include "store/overlay.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tributary {

class Import : public std::enable_shared_from_this<Import> {
  public:
    static constexpr std::size_t kRowsPerSlice = 512;       // an import's turn at the writer stays well under 25 ms
    static constexpr std::size_t kBytesPerSlice = 1'048'576; // of raw input
    static constexpr std::size_t kSlicesInFlight = 4;       // read ahead of the writer by at most this much
    static constexpr std::size_t kResultsShown = 1'000;     // SPEC-NOTES 6: above, only rejected and warned rows
    static constexpr std::size_t kAutomationsLiveRows = 100;  // above, automations are held unless the sender says otherwise
    static constexpr std::size_t kProblemRowsShown = 1'000; // and of those so many; the rest by GET .../rows
    static constexpr std::size_t kPlannedHeld = 4'096;       // planned rows that wait to be written together: nobody may act on a part of a plan

    Import(CallPtr call, Unit unit, std::function<void()> resume);
    // From now on another thread waits for room. Nothing may be owed to the former one.
    void resume_with(std::function<void()> resume);

    // What the sender wants of the import itself.
    using Asked = std::vector<std::pair<std::string, std::string>>;
    // Where to ask for it: once, before the first rows go or the import ends without any.
    void on_first_rows(std::function<Asked()> asked) { asked_ = std::move(asked); }
    // Its answer is kept under the Idempotency-Key by this, and not by the hash of its bytes: they came with another request.
    void answers_by(std::string request_fingerprint) { request_fingerprint_ = std::move(request_fingerprint); }
    // The unit is a plan that is now applied: its rows are compared with what was planned for them, and its raw bytes are there already.
    // With `answered` the request has its answer: that it goes on.
    void apply_plan(bool answered) {
        mode_ = Mode::Apply;
        automations_chosen_ = true; // with the plan
        answered_ = answered;
    }
    // The unit is stored and some of its rows have been run before the program stopped: they are passed over.
    void go_on();
    // The unit is stored, and so are the bytes, under the import it replays. With `answered` the request has its answer: that it goes on.
    void replays_stored(bool answered);
    // Normalises the row and queues it. False: the import has failed and takes no more; refusal() says why when it is the input's fault.
    [[nodiscard]] bool push(ReadRow&& row);
    [[nodiscard]] const std::optional<Refusal>& refusal() const { return refusal_; }
    // The input is stored before its rows are read: it can be seen from its first bytes on.
    void is_stored_first() { stored_first_ = true; }
    // Raw bytes of the file, kept with the rows of the slice they came with.
    void keep_raw(std::string bytes);
    // All raw bytes were given to keep_raw(), and every slice that follows may say so.
    void raw_is_whole();
    // Of an input that is fetched bit by bit: where to go on behind these bytes is stored with them, as the unit's options, in one transaction.
    void keep_fetched(std::string bytes, std::string place);
    // The unit is stored with some of its bytes, and the rest is fetched: those are given to hash_stored() in order, before any others.
    void go_on_receiving();
    void hash_stored(const RawPiece& piece);
    // As keep_raw() of all there is, and nothing more comes.
    void keep_whole(std::string bytes);
    // Of an input that is stored before its rows are read: stores that it is whole. `done` gets whether that is durable. With `accepted` its
    // answer is kept under the Idempotency-Key, and not that of the end.
    void received(std::string file_name, http::Response (*accepted)(const Unit&), std::function<void(bool)> done);
    [[nodiscard]] std::uint64_t raw_bytes() const { return raw_bytes_; }
    [[nodiscard]] bool replays() const { return earlier_.has_value(); }
    // Somebody wants it to end. Any thread. What is under way is finished; push() then says no more, and cancelled() why.
    void cancel(std::string actor);
    [[nodiscard]] bool cancelled() const;
    [[nodiscard]] ImportProgress progress() const;
    // How far the reading of the stored bytes is.
    void at_byte(std::uint64_t read) { bytes_read_ = read; }
    [[nodiscard]] Unit unit() const;
    // Too far ahead of the writer: wait for resume().
    [[nodiscard]] bool full();
    // Everything was read; the answer follows when everything is durable.
    struct Understood {
        std::string options;       // how the input was read
        std::string file_name;
        std::uint64_t skipped = 0; // rows that are no deals, and were passed over
    };
    void finish(Understood understood, http::Reply reply);
    // The arrival as a whole was refused after some rows may have been stored: the import is failed and says why.
    void fail(const Refusal& refusal, http::Reply reply);
    // The sender went away: what was read is kept, the import is marked cancelled.
    void abandon();
    // Before the first row: honours an Idempotency-Key. When an answer is stored under it, nothing is taken in and finish()
    // replays it if the input is the same; while another import runs under it, 409.
    [[nodiscard]] Result<void> begin();

  private:
    enum class Mode : std::uint8_t { Run, Plan, Apply };
    struct Slice {
        std::vector<IncomingRow> rows;
        std::vector<RawPiece> raw;
        std::string place; // where the fetching goes on behind them; empty: not said
        bool tells_start = false; // with this slice the import's start is told
        bool writes_planned = false; // of a plan: with this slice its rows so far are written
        std::vector<RowOutcome> outcomes; // of its rows, once they were run
    };
    struct FirstRows { // were durable; the pace is measured from there
        std::chrono::steady_clock::time_point at;
        std::uint64_t rows = 0, bytes = 0;
    };
    void take_wishes();
    void choose_automations(bool few);
    [[nodiscard]] Plan take_rows(Turn& turn, const Unit& unit, Slice& slice);
    [[nodiscard]] Plan plan_rows(Turn& turn, const IngestContext& context, Slice& slice);
    [[nodiscard]] static Plan apply_rows(Turn& turn, const IngestContext& context, Slice& slice);
    void send_slice(bool last = false);
    void name_unit(Turn& turn); // with the mutex held
    void run_slice(Turn& turn, Slice& slice, Plan& plan);
    void close_unit(Turn& turn, UnitState state, const std::string& failure, const std::optional<Refusal>& refusal, http::Response& response);
    void slice_came_in(const Plan& plan, std::int64_t duration_us); // for the figures of the source
    void slice_done(bool committed, Slice& slice, const Plan& plan);
    void close(UnitState state, std::string failure, http::Reply reply, std::optional<Refusal> refusal);
    void ended(UnitState state);
    void close_cancelled(http::Reply reply);
    [[nodiscard]] const std::string& sha();
    void tell_watchers() const;
    [[nodiscard]] http::Response answer(Turn& turn, const Unit& unit) const;
    void keep_results(const Slice& slice);

    CallPtr call_;
    std::function<void()> resume_;
    std::shared_ptr<const Settings> settings_;
    const std::int64_t started_at_;
    const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
    std::optional<StoredAnswer> earlier_;
    std::optional<Refusal> refusal_;     // the whole input names another tenant or workspace
    bool any_row_ = false;
    InFlight::Hold hold_;
    std::function<Asked()> asked_;
    std::optional<AutomationPolicy> automations_; // asked for
    bool automations_chosen_ = false;
    Mode mode_ = Mode::Run;
    bool stored_first_ = false;
    std::uint64_t rows_to_pass_ = 0;     // were run before the program stopped
    std::string sha_;                    // of the raw bytes, once they are whole
    std::string request_fingerprint_;    // of a request that brings no bytes of its own; else empty
    std::uint64_t skipped_ = 0;          // counted when it ends
    bool answered_ = false;              // with 202: the answer under an Idempotency-Key stays that
    std::atomic<std::uint64_t> bytes_read_{0};
    std::atomic<bool> takes_no_more_{false}; // failed or cancelled
    // Of a plan, touched on the writer's thread only:
    std::vector<RowOutcome> planned_;    // of slices that were run, not written yet
    std::unique_ptr<OverlayScratch> scratch_;
    std::unique_ptr<PlanSummary> summary_;
    Sha256 hash_;
    Slice slice_;
    std::size_t slice_bytes_ = 0;
    std::uint32_t next_piece_ = 0;
    std::atomic<std::uint64_t> raw_bytes_{0};
    // Written by the writer's thread, read by the reading one:
    mutable std::mutex mutex_;
    Unit unit_;
    bool announced_ = false;             // the unit is stored
    bool start_told_ = false;            // so is its ImportStarted row
    bool wishes_known_ = false;
    std::string cancelled_by_;
    std::optional<FirstRows> first_rows_;
    std::size_t in_flight_ = 0;
    bool failed_ = false;
    bool waiting_ = false;               // full() said yes and resume is owed
    std::string results_;                // JSON of the results so far, comma separated
    std::uint64_t results_rows_ = 0;
    std::string problem_rows_;           // the same, of rejected and warned rows only
    std::size_t problem_rows_count_ = 0;
};

// The import's own options among those given: dry_run and automations. Refuses a value it does not understand.
struct ImportWishes { bool dry_run = false; std::optional<AutomationPolicy> automations; };
[[nodiscard]] Result<ImportWishes> import_wishes(const std::vector<std::pair<std::string, std::string>>& asked);

// The option that names the connection whose records an import is made of.
inline constexpr std::string_view kConnectionOption = "connection";
// Unit::asked as options, and the other way.
[[nodiscard]] Import::Asked asked_of(const Unit& unit);
[[nodiscard]] std::string asked_text(const Import::Asked& asked);

// Of a query, what is an option of the import itself.
[[nodiscard]] Import::Asked import_options(const Import::Asked& query);

// A new unit for the call's arrival; its id comes from the ledger when it is stored.
[[nodiscard]] Unit new_unit(const Call& call, std::string_view door, bool many);

} // namespace tributary
