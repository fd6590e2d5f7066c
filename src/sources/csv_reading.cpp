// A text file on its way to rows. It is held until it can be planned, heard until its columns are decided, and then read: first what
// is held, then what comes.
#include "sources/column_survey.hpp"
#include "sources/csv_fixes.hpp"
#include "sources/csv_records.hpp"
#include "sources/csv_rows.hpp"
#include "sources/file_reading.hpp"

#include <optional>

namespace tributary {
namespace {

constexpr std::size_t kHeldKeptBytes = 256 * 1024;

// A file that is being turned into rows.
struct ReadingFile {
    ReadingFile(CsvPlan of, const CsvOptions& options, RowSink sink)
        : plan(std::move(of)), mender(plan, options), rows(plan, options, std::move(sink)),
          records(plan, [this](const CsvRecord& record) { return rows.take(mender.mend(record)); }) {}

    CsvPlan plan;
    RowMender mender;
    CsvRows rows;
    CsvRecords records;
};

// A file whose columns are being heard.
struct HeardFile {
    HeardFile(CsvPlan of, const CsvOptions& options)
        : plan(std::move(of)), mender(plan, options), survey(plan.columns), records(plan, [this](const CsvRecord& record) {
              survey.hear(mender.mend(record));
              return true;
          }) {}

    CsvPlan plan;
    RowMender mender;
    ColumnSurvey survey;
    CsvRecords records;
    std::size_t heard = 0; // of the held bytes
    bool complete = false;
};

class TextReading final : public FileReading {
  public:
    TextReading(CsvOptions& options, std::size_t held_bytes_max, RowSink sink)
        : options_(options), held_bytes_max_(held_bytes_max), sink_(std::move(sink)) {}

    Result<void> take(std::string_view bytes) override {
        if (stopped_) return {};
        // Reserved at once: growing by doubling would for a moment take three times the bytes. Untouched pages cost nothing.
        if (held_.empty() && !file_) held_.reserve(held_bytes_max_ + kSliceBytes);
        held_.append(bytes);
        return {};
    }

    void complete() override { complete_ = true; }

    Result<bool> more() override {
        if (stopped_ || finished_) return false;
        if (file_) return read_slice();
        if (heard_) return hear_slice();
        if (!complete_ && held_.size() < held_bytes_max_) return false;
        auto plan = plan_csv(held_, complete_, options_);
        if (!plan) return std::unexpected(std::move(plan.error()));
        heard_.emplace(*std::move(plan), options_);
        return true;
    }

    bool planned() const override { return heard_ || file_ || decided_; }
    std::string understood() const override {
        if (decided_) return plan_json(*decided_, options_);
        return file_ ? plan_json(file_->plan, options_, file_->rows.notes()) : std::string();
    }
    std::uint64_t skipped() const override { return file_ ? file_->rows.notes().skipped_rows : 0; }
    std::vector<ColumnDecision> decisions() const override {
        return decided_ ? decided_->decisions : file_ ? file_->plan.decisions : std::vector<ColumnDecision>{};
    }

  private:
    Result<bool> hear_slice() {
        const bool decided_before = options_.decisions.has_value() && sink_;
        if (!decided_before) {
            const std::string_view slice = std::string_view(held_).substr(heard_->heard, kSliceBytes);
            heard_->heard += slice.size();
            heard_->records.write(slice);
            if (heard_->heard < held_.size()) return true;
            if (!sink_) drop_heard();
            if (complete_) heard_->records.finish();
            const bool open = held_.size() < kHeldForDecisionBytesMax && heard_->survey.is_open(heard_->plan.columns, options_);
            if (!complete_ && (open || !sink_)) return false;
        }
        if (!sink_) { // it was heard to its end, before any row of it is made
            if (auto all = heard_->mender.check_all_done(); !all) return std::unexpected(std::move(all.error()));
        }
        CsvPlan plan = std::move(heard_->plan);
        plan.decisions = decided_before ? *options_.decisions : heard_->survey.decide(plan.columns, options_);
        settle_columns(plan.columns, plan.decisions);
        heard_.reset();
        finished_ = !sink_;
        if (sink_)
            file_.emplace(std::move(plan), options_, std::move(sink_));
        else
            decided_.emplace(std::move(plan));
        return !finished_;
    }

    // Of a file that is only heard nothing need be kept.
    void drop_heard() {
        release_held();
        heard_->heard = 0;
    }

    bool read_slice() {
        const std::string_view slice = std::string_view(held_).substr(held_at_, kSliceBytes);
        held_at_ += slice.size();
        stopped_ = !slice.empty() && !file_->records.write(slice);
        if (held_at_ < held_.size() && !stopped_) return true;
        release_held();
        if (complete_ && !stopped_) {
            finished_ = true;
            stopped_ = !file_->records.finish();
        }
        return false;
    }

    // What was held for the plan is given back; the small pieces of a flowing file are not worth it.
    void release_held() {
        if (held_.capacity() > kHeldKeptBytes) std::string().swap(held_);
        held_.clear();
        held_at_ = 0;
    }

    CsvOptions& options_;
    std::size_t held_bytes_max_;
    RowSink sink_;
    std::optional<HeardFile> heard_;  // once the plan is made
    std::optional<ReadingFile> file_; // once the columns are decided
    std::optional<CsvPlan> decided_;  // likewise, without a sink
    std::string held_;                // the file's bytes not read yet, from held_at_
    std::size_t held_at_ = 0;
    bool complete_ = false;
    bool finished_ = false;
    bool stopped_ = false;
};

} // namespace

std::unique_ptr<FileReading> read_text(CsvOptions& options, std::size_t held_bytes_max, RowSink sink) {
    return std::make_unique<TextReading>(options, held_bytes_max, std::move(sink));
}

} // namespace tributary
