// A workbook on its way to rows. Its table of contents stands at its end, so it is held packed until it is whole; then its sheet is read
// row by row: its beginning to find the header, a part to hear the columns, and all of it to make rows.
#include "sources/column_survey.hpp"
#include "sources/csv_fixes.hpp"
#include "sources/csv_rows.hpp"
#include "sources/file_reading.hpp"
#include "sources/mapping_choice.hpp"
#include "sources/xlsx_sheet.hpp"

#include <optional>

namespace tributary {
namespace {

class WorkbookReading final : public FileReading {
  public:
    WorkbookReading(CsvOptions& options, RowSink sink) : options_(options), sink_(std::move(sink)) {}

    Result<void> take(std::string_view bytes) override {
        if (packed_.size() + bytes.size() > kWorkbookBytesMax)
            return refuse(Reason::TooLarge, "workbook_too_large",
                          "A workbook may have at most 64 MiB; send the sheet as CSV, which may be larger.");
        if (packed_.empty()) packed_.reserve(kWorkbookBytesMax); // pages that are not touched cost nothing, growing does
        packed_.append(bytes);
        return {};
    }

    void complete() override { complete_ = true; }

    Result<bool> more() override {
        if (!complete_ || finished_) return false;
        if (rows_) return read_piece();
        if (survey_) return hear_piece();
        if (auto opened = open(); !opened) return std::unexpected(std::move(opened.error()));
        return true;
    }

    bool planned() const override { return survey_ || rows_; }
    std::string understood() const override {
        if (plan_.decisions.empty()) return {};
        return rows_ ? plan_json(plan_, options_, rows_->notes()) : plan_json(plan_, options_);
    }
    std::uint64_t skipped() const override { return rows_ ? rows_->notes().skipped_rows : 0; }
    std::vector<ColumnDecision> decisions() const override { return plan_.decisions; }

  private:
    // Opens the workbook and finds the header of the sheet.
    Result<void> open() {
        auto parts = XlsxParts::open(packed_);
        if (!parts) return std::unexpected(std::move(parts.error()));
        parts_.emplace(*std::move(parts));
        auto book = read_book(*parts_);
        if (!book) return std::unexpected(std::move(book.error()));
        book_ = *std::move(book);
        const auto sheet = choose_sheet(book_, options_.sheet);
        if (!sheet) return std::unexpected(sheet.error());
        sheet_part_ = (*sheet)->part;
        plan_.workbook.emplace(WorkbookPlan{.sheet = (*sheet)->name, .sheets = {}, .dates_of_1904 = book_.dates_of_1904});
        for (const XlsxSheetEntry& each : book_.sheets) plan_.workbook->sheets.push_back(each.name);
        if (auto planned = find_header(); !planned) return planned;
        survey_.emplace(plan_.columns);
        mender_.emplace(plan_, options_);
        return start_sheet([this](const CsvRecord& record) { return hear(record); });
    }

    Result<void> find_header() {
        if (auto chosen = choose_named_mapping(options_); !chosen) return chosen;
        HeaderSearch search(options_);
        std::size_t bytes = 0;
        bool any = false;
        auto started = start_sheet([&](const CsvRecord& record) {
            any = true;
            bytes += record.raw.size();
            return search.hear(record) && bytes < kHeadBytesMax;
        });
        if (!started) return started;
        for (bool again = true; again;) {
            const auto stepped = reading_->step();
            if (!stepped) return std::unexpected(stepped.error());
            again = *stepped;
        }
        if (!any) return refuse(Reason::Invalid, "empty_file", "The sheet \"" + plan_.workbook->sheet + "\" is empty.");
        auto found = search.find(0);
        if (!found) return std::unexpected(std::move(found.error()));
        return plan_columns(plan_, *std::move(found), options_);
    }

    Result<void> start_sheet(CsvSink sink) {
        auto part = parts_->part(sheet_part_);
        if (!part) return std::unexpected(std::move(part.error()));
        reading_.emplace(book_, *std::move(part), std::move(sink));
        return {};
    }

    bool hear(const CsvRecord& record) {
        if (record.line <= plan_.header_line) return true;
        if (options_.decisions && sink_) return false;
        survey_->hear(mender_->mend(record));
        if (!sink_) return true;
        heard_bytes_ += record.raw.size();
        if (heard_bytes_ < next_look_) return true;
        next_look_ = heard_bytes_ + kSampleBytesMax;
        return heard_bytes_ < kHeldForDecisionBytesMax && survey_->is_open(plan_.columns, options_);
    }

    Result<bool> hear_piece() {
        auto again = reading_->step();
        if (!again || *again) return again;
        plan_.decisions = options_.decisions && sink_ ? *options_.decisions : survey_->decide(plan_.columns, options_);
        settle_columns(plan_.columns, plan_.decisions);
        finished_ = !sink_;
        if (finished_) { // it was heard to its end, before any row of it is made
            if (auto all = mender_->check_all_done(); !all) return std::unexpected(std::move(all.error()));
            return false;
        }
        mender_.emplace(plan_, options_);
        rows_.emplace(plan_, options_, std::move(sink_));
        survey_.reset();
        auto started = start_sheet([this](const CsvRecord& record) { return record.line <= plan_.header_line || rows_->take(mender_->mend(record)); });
        if (!started) return std::unexpected(std::move(started.error()));
        return true;
    }

    Result<bool> read_piece() {
        auto again = reading_->step();
        finished_ = !again || !*again;
        return again;
    }

    CsvOptions& options_;
    RowSink sink_;
    std::string packed_;
    std::optional<XlsxParts> parts_;
    XlsxBook book_;
    std::string sheet_part_;
    CsvPlan plan_;
    std::optional<ColumnSurvey> survey_;
    std::optional<RowMender> mender_; // of the pass that goes on
    std::optional<CsvRows> rows_;
    std::optional<XlsxSheet> reading_; // the sheet, from its beginning
    std::size_t heard_bytes_ = 0;
    std::size_t next_look_ = kSampleBytesMax;
    bool complete_ = false;
    bool finished_ = false;
};

} // namespace

bool is_workbook(std::string_view head) { return head.starts_with("PK\x03\x04"); }

std::unique_ptr<FileReading> read_workbook(CsvOptions& options, RowSink sink) {
    return std::make_unique<WorkbookReading>(options, std::move(sink));
}

} // namespace tributary
