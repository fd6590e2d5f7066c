#include "sources/csv_upload.hpp"

#include "sources/column_survey.hpp"
#include "sources/csv_records.hpp"
#include "sources/csv_rows.hpp"
#include "sources/media_type.hpp"
#include "sources/multipart.hpp"
#include "sources/utf8.hpp"

#include <algorithm>
#include <optional>

namespace tributary {
namespace {

constexpr std::size_t kSliceBytes = 64 * 1024; // of held bytes given to the reader by one more()
constexpr std::size_t kHeldKeptBytes = 256 * 1024;
constexpr std::size_t kOptionBytesMax = 1024 * 1024;

// A file that is being turned into rows.
struct ReadingFile {
    ReadingFile(CsvPlan of, const CsvOptions& options, RowSink sink)
        : plan(std::move(of)), rows(plan, options, std::move(sink)),
          records(plan, [this](const CsvRecord& record) { return rows.take(record); }) {}

    CsvPlan plan;
    CsvRows rows;
    CsvRecords records;
};

// A file whose columns are being heard.
struct HeardFile {
    explicit HeardFile(CsvPlan of)
        : plan(std::move(of)), survey(plan.columns), records(plan, [this](const CsvRecord& record) {
              survey.hear(record);
              return true;
          }) {}

    CsvPlan plan;
    ColumnSurvey survey;
    CsvRecords records;
    std::size_t heard = 0; // of the held bytes
    bool complete = false;
};

// The common part: bytes of the file come in, rows go out. It is held until it can be planned, heard until its columns are
// decided, and then read: first what is held, then what comes. write() only takes bytes; more() does all the work, in slices.
class CsvUpload : public RowReader {
  public:
    CsvUpload(CsvOptions options, std::size_t held_bytes_max, RowSink sink)
        : options_(std::move(options)), held_bytes_max_(held_bytes_max), sink_(std::move(sink)) {}

    Result<bool> more() override {
        if (stopped_ || finished_) return false;
        if (file_) return read_slice();
        if (heard_) return hear_slice();
        if (!complete_ && held_.size() < held_bytes_max_) return false;
        auto plan = plan_csv(held_, complete_, options_);
        if (!plan) return std::unexpected(std::move(plan.error()));
        heard_.emplace(*std::move(plan));
        return true;
    }

    std::string take_raw() override { return std::exchange(raw_, {}); }
    std::string understood() const override {
        if (file_) return plan_json(file_->plan, options_, file_->rows.notes());
        // Asked before the plan is made: what the sender said holds already.
        return options_.automations ? std::string("{\"automations\":") + (*options_.automations ? "true}" : "false}") : std::string();
    }

  protected:
    void take_file_bytes(std::string_view bytes) {
        raw_.append(bytes);
        if (stopped_) return;
        // Reserved at once: growing by doubling would for a moment take three times the bytes. Untouched pages cost nothing.
        if (held_.empty() && !file_) held_.reserve(held_bytes_max_ + kSliceBytes);
        held_.append(bytes);
    }

    // No byte and no option comes any more.
    void complete() { complete_ = true; }

    [[nodiscard]] bool planned() const { return heard_ || file_; }
    [[nodiscard]] CsvOptions& options() { return options_; }

  private:
    bool hear_slice() {
        const std::string_view slice = std::string_view(held_).substr(heard_->heard, kSliceBytes);
        heard_->heard += slice.size();
        heard_->records.write(slice);
        if (heard_->heard < held_.size()) return true;
        if (complete_) heard_->records.finish();
        const bool wait = !complete_ && held_.size() < kHeldForDecisionBytesMax && heard_->survey.is_open(heard_->plan.columns, options_);
        if (wait) return false;
        CsvPlan plan = std::move(heard_->plan);
        plan.decisions = heard_->survey.decide(plan.columns, options_);
        settle_columns(plan.columns, plan.decisions);
        heard_.reset();
        file_.emplace(std::move(plan), options_, std::move(sink_));
        return true;
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

    CsvOptions options_;
    std::size_t held_bytes_max_;
    RowSink sink_;
    std::optional<HeardFile> heard_;  // once the plan is made
    std::optional<ReadingFile> file_; // once the columns are decided
    std::string held_;                // the file's bytes not read yet, from held_at_
    std::size_t held_at_ = 0;
    std::string raw_;
    bool complete_ = false;
    bool finished_ = false;
    bool stopped_ = false;
};

class CsvBody final : public CsvUpload {
  public:
    using CsvUpload::CsvUpload;
    Result<void> write(std::string_view bytes) override {
        take_file_bytes(bytes);
        return {};
    }
    Result<void> finish() override {
        complete();
        return {};
    }
};

class CsvForm final : public CsvUpload, private PartTaker {
  public:
    CsvForm(std::string_view boundary, CsvOptions options, RowSink sink)
        : CsvUpload(std::move(options), kHeldForOptionsBytesMax, std::move(sink)), splitter_(boundary, *this) {}

    Result<void> write(std::string_view bytes) override { return splitter_.write(bytes); }

    Result<void> finish() override {
        if (auto whole = splitter_.finish(); !whole) return whole;
        if (!file_seen_) return refuse(Reason::Invalid, "missing_file", "The form has no file: send it in the field \"file\".");
        complete();
        return {};
    }

    std::string file_name() const override { return file_name_; }

  private:
    enum class Taking : std::uint8_t { Nothing, File, Option };

    Result<void> begin(const FormPart& part) override {
        const bool is_file = part.name == "file" || part.has_file_name;
        part_name_ = part.name;
        value_.clear();
        if (is_file) return begin_file(part);
        taking_ = is_csv_option(part.name) ? Taking::Option : Taking::Nothing;
        if (taking_ == Taking::Option && planned()) {
            return std::unexpected(
                field_refusal(part.name, "option_after_file",
                              "This field comes after a file above 8 MiB, whose reading has begun: send it before the file."));
        }
        return {};
    }

    Result<void> begin_file(const FormPart& part) {
        if (file_seen_) return refuse(Reason::Invalid, "too_many_files", "Send one file at a time, in the field \"file\".");
        file_seen_ = true;
        file_name_ = part.file_name;
        taking_ = Taking::File;
        return {};
    }

    Result<void> data(std::string_view bytes) override {
        if (taking_ == Taking::File) take_file_bytes(bytes);
        if (taking_ != Taking::Option) return {};
        if (value_.size() + bytes.size() > kOptionBytesMax) {
            return std::unexpected(field_refusal(part_name_, "field_too_long", "The value of a form field is at most 1 MiB."));
        }
        value_.append(bytes);
        return {};
    }

    Result<void> end() override {
        if (taking_ != Taking::Option) return {};
        if (!is_utf8(value_)) return std::unexpected(field_refusal(part_name_, "invalid_utf8", "The value is not UTF-8."));
        return set_csv_option(options(), part_name_, value_);
    }

    MultipartSplitter splitter_;
    Taking taking_ = Taking::Nothing;
    bool file_seen_ = false;
    std::string file_name_;
    std::string part_name_;
    std::string value_;
};

} // namespace

std::unique_ptr<RowReader> read_csv_form(std::string_view boundary, CsvOptions options, RowSink sink) {
    return std::make_unique<CsvForm>(boundary, std::move(options), std::move(sink));
}

std::unique_ptr<RowReader> read_csv_body(std::string_view content_type, CsvOptions options, RowSink sink) {
    const auto charset = media_parameter(content_type, "charset");
    // "charset=utf-8" is put on by tools that never looked at the file, so it decides nothing; another one was meant.
    if (charset && !options.encoding) {
        const auto named = parse_encoding(*charset);
        if (named && !named->converter.empty()) options.encoding = named;
    }
    return std::make_unique<CsvBody>(std::move(options), kSampleBytesMax, std::move(sink));
}

} // namespace tributary
