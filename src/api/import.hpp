// Many deals on their way in: rows are pushed as they are read, go to the writer in slices, and the answer counts them all.
// Made for one arrival; push() and end come from one thread at a time, the slices' ends from the writer's.
#pragma once
#include "api/call.hpp"
#include "pipeline/pipeline.hpp"
#include "pipeline/plan.hpp"
#include "sources/source.hpp"
#include "store/overlay.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
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
    static constexpr std::size_t kProblemRowsShown = 1'000; // and of those so many; the rest by GET .../rows

    Import(CallPtr call, Unit unit, std::function<void()> resume);

    // What the sender wants of the import itself.
    using Asked = std::vector<std::pair<std::string, std::string>>;
    // Where to ask for it: once, before the first rows go or the import ends without any.
    void on_first_rows(std::function<Asked()> asked) { asked_ = std::move(asked); }
    // The unit is a plan that is now applied: its rows are compared with what was planned for them, and its raw bytes are there already.
    void apply_plan() { mode_ = Mode::Apply; }
    // Normalises the row and queues it. False: the import has failed and takes no more; refusal() says why when it is the input's fault.
    [[nodiscard]] bool push(ReadRow&& row);
    [[nodiscard]] const std::optional<Refusal>& refusal() const { return refusal_; }
    // Raw bytes of the file, kept with the rows of the slice they came with.
    void keep_raw(std::string bytes);
    // Too far ahead of the writer: wait for resume().
    [[nodiscard]] bool full();
    // Everything was read; the answer follows when everything is durable. `options`: how the input was understood.
    void finish(std::string options, std::string file_name, http::Reply reply);
    // The arrival as a whole was refused after some rows may have been stored: the import is failed and says why.
    void fail(const Refusal& refusal, http::Reply reply);
    // The sender went away: what was read is kept, the import is marked cancelled.
    void abandon();
    // Before the first row: honours an Idempotency-Key. When an answer is stored under it, nothing is taken in and finish()
    // replays it if the input is the same; while another import runs under it, 409.
    [[nodiscard]] Result<void> begin();

  private:
    enum class Mode : std::uint8_t { Run, Plan, Apply };
    struct Slice { std::vector<IncomingRow> rows; std::vector<RawPiece> raw; };
    void take_wishes();
    [[nodiscard]] Plan take_rows(Turn& turn, const Unit& unit, Slice& slice);
    [[nodiscard]] Plan plan_rows(Turn& turn, const IngestContext& context, Slice& slice);
    [[nodiscard]] static Plan apply_rows(Turn& turn, const IngestContext& context, Slice& slice);
    void send_slice();
    void name_unit(Turn& turn); // with the mutex held
    void run_slice(Turn& turn, Slice& slice, Plan& plan);
    void close_unit(Turn& turn, UnitState state, const std::string& failure, const std::string& sha, const std::optional<Refusal>& refusal,
                    http::Response& response);
    void slice_done(bool committed, const Plan& plan);
    void close(UnitState state, std::string failure, http::Reply reply, std::optional<Refusal> refusal);
    void ended(UnitState state);
    [[nodiscard]] http::Response answer(Turn& turn, const Unit& unit) const;
    void keep_results(const Plan& plan);

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
    bool automations_ = true;
    Mode mode_ = Mode::Run;
    // Of a plan, touched in the writer's turns only:
    std::unique_ptr<OverlayScratch> scratch_;
    std::unique_ptr<PlanSummary> summary_;
    Sha256 hash_;
    Slice slice_;
    std::size_t slice_bytes_ = 0;
    std::uint32_t next_piece_ = 0;
    std::uint64_t raw_bytes_ = 0;
    // Written by the writer's thread, read by the reading one:
    mutable std::mutex mutex_;
    Unit unit_;
    bool announced_ = false;             // the unit and its ImportStarted row are stored
    std::size_t in_flight_ = 0;
    bool failed_ = false;
    bool waiting_ = false;               // full() said yes and resume is owed
    std::string results_;                // JSON of the results so far, comma separated
    std::uint64_t results_rows_ = 0;
    std::string problem_rows_;           // the same, of rejected and warned rows only
    std::size_t problem_rows_count_ = 0;
};

// The import's own options among those given: dry_run and automations. Refuses a value that is neither true nor false.
struct ImportWishes { bool dry_run = false; bool automations = true; };
[[nodiscard]] Result<ImportWishes> import_wishes(const std::vector<std::pair<std::string, std::string>>& asked);

// A new unit for the call's arrival; its id comes from the ledger when it is stored.
[[nodiscard]] Unit new_unit(const Call& call, std::string_view door, bool many);

} // namespace tributary
