#include "sources/csv_upload.hpp"

#include "sources/csv_file.hpp"
#include "sources/media_type.hpp"
#include "sources/multipart.hpp"
#include "sources/utf8.hpp"

#include <algorithm>
#include <optional>

namespace tributary {
namespace {

constexpr std::size_t kSliceBytes = 64 * 1024; // of held bytes given to the reader by one more()
constexpr std::size_t kOptionBytesMax = 1024 * 1024;

// The common part: bytes of the file come in, rows go out.
class CsvUpload : public RowReader {
  public:
    CsvUpload(CsvOptions options, std::size_t held_bytes_max, RowSink sink)
        : options_(std::move(options)), held_bytes_max_(held_bytes_max), sink_(std::move(sink)) {}

    Result<bool> more() override {
        if (stopped_ || !file_) return false;
        if (held_at_ < held_.size()) {
            const std::string_view slice = std::string_view(held_).substr(held_at_, kSliceBytes);
            held_at_ += slice.size();
            stopped_ = !file_->write(slice);
        }
        if (held_at_ < held_.size() && !stopped_) return true;
        release_held();
        if (complete_ && !finished_ && !stopped_) {
            finished_ = true;
            stopped_ = !file_->finish();
        }
        return false;
    }

    std::string take_raw() override { return std::exchange(raw_, {}); }
    std::string understood() const override { return understood_; }

  protected:
    Result<void> take_file_bytes(std::string_view bytes) {
        raw_.append(bytes);
        if (stopped_) return {};
        if (file_) {
            while (held_at_ < held_.size() && !stopped_) {
                if (auto drained = more(); !drained) return std::unexpected(std::move(drained.error()));
            }
            stopped_ = stopped_ || !file_->write(bytes);
            return {};
        }
        // Reserved at once: growing by doubling would for a moment take three times the bytes. Untouched pages cost nothing.
        if (held_.empty()) held_.reserve(held_bytes_max_ + kSliceBytes);
        held_.append(bytes);
        return held_.size() < held_bytes_max_ ? Result<void>{} : open_file(false);
    }

    // No byte and no option comes any more.
    Result<void> complete() {
        complete_ = true;
        return file_ ? Result<void>{} : open_file(true);
    }

    [[nodiscard]] bool reading() const { return file_.has_value(); }
    [[nodiscard]] CsvOptions& options() { return options_; }

  private:
    Result<void> open_file(bool whole) {
        auto plan = plan_csv(held_, whole, options_);
        if (!plan) return std::unexpected(std::move(plan.error()));
        understood_ = plan_json(*plan, options_);
        file_.emplace(*std::move(plan), options_, std::move(sink_));
        return {};
    }

    void release_held() {
        std::string().swap(held_);
        held_at_ = 0;
    }

    CsvOptions options_;
    std::size_t held_bytes_max_;
    RowSink sink_;
    std::optional<CsvFile> file_; // once the plan is made
    std::string held_;            // the file's bytes not given to it yet, from held_at_
    std::size_t held_at_ = 0;
    std::string raw_;
    std::string understood_;
    bool complete_ = false;
    bool finished_ = false;
    bool stopped_ = false;
};

class CsvBody final : public CsvUpload {
  public:
    using CsvUpload::CsvUpload;
    Result<void> write(std::string_view bytes) override { return take_file_bytes(bytes); }
    Result<void> finish() override { return complete(); }
};

class CsvForm final : public CsvUpload, private PartTaker {
  public:
    CsvForm(std::string_view boundary, CsvOptions options, RowSink sink)
        : CsvUpload(std::move(options), kHeldForOptionsBytesMax, std::move(sink)), splitter_(boundary, *this) {}

    Result<void> write(std::string_view bytes) override { return splitter_.write(bytes); }

    Result<void> finish() override {
        if (auto whole = splitter_.finish(); !whole) return whole;
        if (!file_seen_) return refuse(Reason::Invalid, "missing_file", "The form has no file: send it in the field \"file\".");
        return complete();
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
        if (taking_ == Taking::Option && reading()) {
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
        if (taking_ == Taking::File) return take_file_bytes(bytes);
        if (taking_ == Taking::Nothing) return {};
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
