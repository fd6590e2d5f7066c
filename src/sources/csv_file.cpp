#include "sources/csv_file.hpp"

#include "deal/json.hpp"
#include "deal/show.hpp"
#include "sources/csv_dialect.hpp"
#include "sources/csv_upload.hpp"
#include "sources/utf8.hpp"

#include <algorithm>
#include <optional>

namespace tributary {
namespace {

bool is_date(Field field) {
    return field == Field::ExpectedCloseDate || field == Field::CreatedAt || field == Field::StageEnteredAt || field == Field::ClosedAt;
}

// The head as UTF-8 without byte order mark and separator line.
Result<std::string> head_text(std::string_view head, bool whole, CsvPlan& plan) {
    Transcoder transcoder(plan.encoding);
    std::string text;
    transcoder.convert(head.substr(plan.encoding.bom_bytes), whole, text);
    const SeparatorLine named = separator_line(text);
    plan.separator_bytes = named.bytes;
    if (named.bytes > 0) plan.delimiter = named.delimiter;
    text.erase(0, named.bytes);
    const bool blank = text.find_first_not_of(" \t\r\n,;|") == std::string_view::npos;
    if (blank && whole) return refuse(Reason::Invalid, "empty_file", "The file is empty.");
    return text;
}

void hear(HabitsVote& vote, const CsvColumns& columns, const CsvRecord& record) {
    for (std::size_t at = 0; at < std::min(record.cells.size(), columns.columns.size()); ++at) {
        const CsvColumn& column = columns.columns[at];
        if (column.use != CsvUse::DealField || record.cells[at].empty()) continue;
        if (is_date(column.field)) vote.hear_date(record.cells[at]);
        if (column.field == Field::Value) vote.hear_amount(record.cells[at]);
    }
}

std::string_view date_order_word(DateOrder order) {
    switch (order) {
    case DateOrder::MonthFirst: return "mdy";
    case DateOrder::DayFirst: return "dmy";
    case DateOrder::Undecided: break;
    }
    return "undecided";
}

void append_column(std::string& out, const CsvColumn& column) {
    out += "{\"header\":";
    append_json_string(out, column.header);
    append_key(out, "field");
    switch (column.use) {
    case CsvUse::DealField: append_json_string(out, field_key(column.field)); break;
    case CsvUse::ExternalId: out += "\"external_id\""; break;
    case CsvUse::TenantId: out += "\"tenant_id\""; break;
    case CsvUse::WorkspaceId: out += "\"workspace_id\""; break;
    case CsvUse::Metadata: out += "\"metadata\""; break;
    case CsvUse::Ignored: out += "null"; break;
    }
    out.push_back('}');
}

void append_header(std::string& out, const std::vector<std::string>& header) {
    out.push_back('[');
    for (const std::string& cell : header) {
        if (out.back() != '[') out.push_back(',');
        append_json_string(out, cell);
    }
    out.push_back(']');
}

// Reads header and sample once, without making rows.
class HeadReader {
  public:
    HeadReader(const CsvOptions& options, CsvPlan& plan) : options_(options), plan_(plan) {}

    Result<void> read(std::string_view text, bool whole) {
        CsvReader reader(plan_.delimiter, [this](const CsvRecord& record) { return take(record); });
        if (reader.write(text) && whole) reader.finish();
        if (failure_) return std::unexpected(std::move(*failure_));
        if (!header_read_) return refuse(Reason::Invalid, "header_too_long", "The first 1 MiB of the file holds no whole header line.");
        plan_.habits.date_order = options_.date_order.value_or(vote_.date_order());
        plan_.habits.decimal_mark = options_.decimal_mark.value_or(vote_.decimal_mark());
        return {};
    }

  private:
    bool take(const CsvRecord& record) {
        if (header_read_) {
            hear(vote_, plan_.columns, record);
            return true;
        }
        header_read_ = true;
        auto columns = read_header(record);
        plan_.header.assign(record.cells.begin(), record.cells.end());
        if (columns)
            plan_.columns = *std::move(columns);
        else
            failure_ = std::move(columns.error());
        return !failure_;
    }

    Result<CsvColumns> read_header(const CsvRecord& record) const {
        if (record.fault == CsvFault::TooManyCells)
            return refuse(Reason::Invalid, "too_many_columns", "A file may have at most 1,000 columns.");
        if (record.fault != CsvFault::None)
            return refuse(Reason::Invalid, "invalid_header", "The header line holds a quote that is never closed, or a cell above 1 MiB.");
        if (!is_utf8(record.raw))
            return refuse(Reason::Invalid, "invalid_utf8",
                          "The header is not UTF-8; name the file's encoding, e.g. encoding=windows-1252.");
        return map_columns(record.cells, options_.mapping);
    }

    const CsvOptions& options_;
    CsvPlan& plan_;
    HabitsVote vote_;
    bool header_read_ = false;
    std::optional<Refusal> failure_;
};

} // namespace

Result<CsvPlan> plan_csv(std::string_view head, bool whole, const CsvOptions& options) {
    whole = whole && head.size() <= kSampleBytesMax;
    head = head.substr(0, kSampleBytesMax);
    CsvPlan plan;
    auto encoding = detect_encoding(head, whole, options.encoding);
    if (!encoding) return std::unexpected(std::move(encoding.error()));
    plan.encoding = *encoding;
    const auto text = head_text(head, whole, plan);
    if (!text) return std::unexpected(text.error());
    if (options.delimiter)
        plan.delimiter = *options.delimiter;
    else if (plan.separator_bytes == 0)
        plan.delimiter = sniff_delimiter(*text, whole);
    if (auto read = HeadReader(options, plan).read(*text, whole); !read) return std::unexpected(std::move(read.error()));
    return plan;
}

std::string plan_json(const CsvPlan& plan, const CsvOptions& options) {
    std::string out = "{";
    append_key(out, "encoding");
    append_json_string(out, plan.encoding.name);
    append_key(out, "delimiter");
    append_json_string(out, std::string_view(&plan.delimiter, 1));
    append_key(out, "header");
    append_header(out, plan.header);
    append_key(out, "date_order");
    append_json_string(out, date_order_word(plan.habits.date_order));
    append_key(out, "decimal_mark");
    append_json_string(out, plan.habits.decimal_mark == 0 ? std::string_view("undecided") : std::string_view(&plan.habits.decimal_mark, 1));
    append_key(out, "columns");
    out.push_back('[');
    for (const CsvColumn& column : plan.columns.columns) {
        if (out.back() != '[') out.push_back(',');
        append_column(out, column);
    }
    out.push_back(']');
    append_key(out, "warnings");
    append_problems(out, plan.columns.warnings);
    if (options.automations) {
        append_key(out, "automations");
        out += *options.automations ? "true" : "false";
    }
    out.push_back('}');
    return out;
}

CsvFile::CsvFile(CsvPlan plan, const CsvOptions& options, RowSink sink)
    : transcoder_(plan.encoding), skip_bytes_(plan.encoding.bom_bytes), skip_text_bytes_(plan.separator_bytes),
      lines_before_(plan.separator_bytes > 0 ? 1 : 0),
      rows_(std::move(plan.columns), plan.habits, options.tenant_id, options.workspace_id, std::move(sink)),
      reader_(plan.delimiter, [this](const CsvRecord& record) { return take(record); }) {}

bool CsvFile::write(std::string_view bytes) {
    const std::size_t skipped = std::min(skip_bytes_, bytes.size());
    skip_bytes_ -= skipped;
    bytes.remove_prefix(skipped);
    if (transcoder_.is_identity()) return read_text(bytes);
    text_.clear();
    transcoder_.convert(bytes, false, text_);
    return read_text(text_);
}

bool CsvFile::finish() {
    text_.clear();
    transcoder_.convert({}, true, text_);
    return read_text(text_) && reader_.finish();
}

bool CsvFile::read_text(std::string_view text) {
    const std::size_t skipped = std::min(skip_text_bytes_, text.size());
    skip_text_bytes_ -= skipped;
    return reader_.write(text.substr(skipped));
}

bool CsvFile::take(const CsvRecord& record) {
    if (header_passed_ && lines_before_ == 0) return rows_.take(record);
    if (!header_passed_) {
        header_passed_ = true;
        return true;
    }
    CsvRecord moved = record;
    moved.line += lines_before_;
    if (moved.fault_line > 0) moved.fault_line += lines_before_;
    return rows_.take(moved);
}

} // namespace tributary
