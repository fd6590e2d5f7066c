#include "sources/csv_upload.hpp"

#include "sources/file_reading.hpp"
#include "sources/gunzip.hpp"
#include "sources/media_type.hpp"
#include "sources/multipart.hpp"
#include "sources/utf8.hpp"

#include <algorithm>
#include <optional>

namespace tributary {
namespace {

constexpr std::size_t kMagicBytes = 4; // tell gzip and workbooks from text
constexpr std::size_t kOptionBytesMax = 1024 * 1024;

// The common part: bytes of the file come in, rows go out. write() only takes bytes; more() does all the work, in slices.
class CsvUpload : public RowReader {
  public:
    CsvUpload(CsvOptions options, std::size_t held_bytes_max, RowSink sink)
        : options_(std::move(options)), held_bytes_max_(held_bytes_max), sink_(std::move(sink)) {}

    Result<bool> more() override {
        if (reading_) { // pays what it owes before it is given more
            auto again = reading_->more();
            if (!again || *again) return again;
        }
        return take_in();
    }

    std::string take_raw() override { return std::exchange(raw_, {}); }
    std::string understood() const override;
    std::vector<std::pair<std::string, std::string>> asked() const override { return options_.asked; }

    std::uint64_t skipped() const override { return reading_ ? reading_->skipped() : 0; }
    std::shared_ptr<const Heard> heard() const override {
        return reading_ && !sink_ ? std::make_shared<const CsvHeard>(reading_->decisions()) : nullptr;
    }

  protected:
    void take_file_bytes(std::string_view bytes) {
        raw_.append(bytes);
        incoming_.append(bytes);
    }

    // No byte and no option comes any more.
    void complete() { complete_ = true; }

    [[nodiscard]] bool planned() const { return reading_ && reading_->planned(); }
    [[nodiscard]] CsvOptions& options() { return options_; }

  private:
    Result<bool> take_in();
    Result<void> unpack();
    Result<void> give(std::string_view bytes);

    CsvOptions options_;
    std::size_t held_bytes_max_;
    RowSink sink_;
    std::string raw_;
    std::string incoming_; // bytes as they came, from incoming_at_; of one write() at most, and what was too little to know
    std::size_t incoming_at_ = 0;
    std::string unpacked_;
    std::string head_;
    std::optional<Gunzip> gunzip_;
    std::unique_ptr<FileReading> reading_; // once the first bytes are there
    bool known_ = false;                   // whether the file is packed
    bool complete_ = false;
    bool completed_ = false;
};

std::string CsvUpload::understood() const {
    std::string told = reading_ ? reading_->understood() : std::string();
    if (!told.empty() && gunzip_) told.insert(1, "\"compression\":\"gzip\",");
    return told;
}

// Moves what came on to the file's reading, unpacked. False: there was nothing to move.
Result<bool> CsvUpload::take_in() {
    if (!known_) {
        if (incoming_.size() < kMagicBytes && !complete_) return false;
        known_ = true;
        if (is_gzip(incoming_)) gunzip_.emplace();
    }
    if (!incoming_.empty()) {
        auto taken = gunzip_ ? unpack() : give(incoming_);
        if (!taken) return std::unexpected(std::move(taken.error()));
        if (!gunzip_) incoming_at_ = incoming_.size();
        if (incoming_at_ == incoming_.size()) {
            incoming_.clear();
            incoming_at_ = 0;
        }
        return true;
    }
    if (!complete_ || completed_) return false;
    completed_ = true;
    if (gunzip_) {
        if (auto whole = gunzip_->finish(); !whole) return std::unexpected(std::move(whole.error()));
    }
    if (auto last = give({}); !last) return std::unexpected(std::move(last.error()));
    reading_->complete();
    return true;
}

Result<void> CsvUpload::unpack() {
    unpacked_.clear();
    std::string_view waiting = std::string_view(incoming_).substr(incoming_at_);
    auto unpacked = gunzip_->unpack(waiting, kSliceBytes, unpacked_);
    incoming_at_ = incoming_.size() - waiting.size();
    return unpacked ? give(unpacked_) : unpacked;
}

Result<void> CsvUpload::give(std::string_view bytes) {
    if (!reading_) {
        // The head may come byte by byte out of a packed file; it is kept until it tells a workbook from text.
        head_.append(bytes);
        if (head_.size() < kMagicBytes && !completed_) return {};
        reading_ = is_workbook(head_) ? read_workbook(options_, sink_) : read_text(options_, held_bytes_max_, sink_);
        return reading_->take(std::exchange(head_, {}));
    }
    return reading_->take(bytes);
}

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
