#include "sources/csv_fixes.hpp"

#include "deal/json.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace tributary {
namespace {

std::string member_name(std::size_t at, std::string_view member) { return "fixes[" + std::to_string(at) + "]." + std::string(member); }

std::unexpected<Refusal> bad_fix(std::size_t at, std::string_view member, std::string message) {
    return std::unexpected(field_refusal(member_name(at, member), "invalid_option", std::move(message)));
}

Result<CellFix> parse_fix(const boost::json::value& value, std::size_t at) {
    const auto* object = value.if_object();
    if (object == nullptr) return std::unexpected(field_refusal("fixes[" + std::to_string(at) + "]", "invalid_option", "A fix is an object: index, column, value."));
    CellFix fix;
    const auto* index = object->if_contains("index");
    const std::int64_t row = index != nullptr && index->is_int64() ? index->as_int64() : -1;
    if (row < 0 || row > UINT32_MAX) return bad_fix(at, "index", "The row is named by its index in the import's rows, a number from 0.");
    fix.row = static_cast<std::uint32_t>(row);
    const auto* column = object->if_contains("column");
    if (column == nullptr || !column->is_string() || column->as_string().empty()) return bad_fix(at, "column", "The column is named by its header.");
    fix.column = scalar_text(*column);
    const auto* text = object->if_contains("value");
    if (text == nullptr || !text->is_string()) return bad_fix(at, "value", "The value is the cell's text; an empty one empties it.");
    fix.value = scalar_text(*text);
    if (fix.value.find('\0') != std::string::npos) return bad_fix(at, "value", "The value holds a NUL character.");
    for (const auto& member : *object) {
        const std::string_view name = member.key();
        if (name != "index" && name != "column" && name != "value") return bad_fix(at, name, "A fix has the members index, column and value.");
    }
    return fix;
}

std::unexpected<Refusal> too_many() {
    return std::unexpected(field_refusal("fixes", "invalid_option", "At most 1,000 cells of one import can be mended; mend the file and send it again."));
}

std::size_t place_of(const CsvPlan& plan, std::string_view header) {
    const auto& columns = plan.columns.columns;
    return static_cast<std::size_t>(std::ranges::find(columns, header, &CsvColumn::header) - columns.begin());
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos; }

} // namespace

Result<std::vector<CellFix>> parse_cell_fixes(std::string_view json) {
    const auto parsed = parse_json(json);
    if (!parsed || !parsed->is_array()) return std::unexpected(field_refusal("fixes", "invalid_option", "This is a list of fixes: [{index, column, value}]."));
    if (parsed->as_array().size() > kCellFixesMax) return too_many();
    std::vector<CellFix> fixes;
    for (std::size_t at = 0; at < parsed->as_array().size(); ++at) {
        auto fix = parse_fix(parsed->as_array()[at], at);
        if (!fix) return std::unexpected(std::move(fix.error()));
        fixes.push_back(*std::move(fix)); // every one keeps its place, by which it is named when it is refused
    }
    return fixes;
}

std::string cell_fixes_json(const std::vector<CellFix>& fixes) {
    std::string out = "[";
    for (const CellFix& fix : fixes) {
        out += out.size() == 1 ? "{\"index\":" : ",{\"index\":";
        out += std::to_string(fix.row);
        append_key(out, "column");
        append_json_string(out, fix.column);
        append_key(out, "value");
        append_json_string(out, fix.value);
        out += '}';
    }
    return out + "]";
}

Result<std::vector<CellFix>> merged_cell_fixes(std::vector<CellFix> earlier, const std::vector<CellFix>& later) {
    if (later.empty()) return std::vector<CellFix>{};
    // The later ones stand first: a refusal names them by the place they were sent in.
    std::vector<CellFix> all = later;
    for (CellFix& fix : earlier) {
        const auto same = [&](const CellFix& each) { return each.row == fix.row && each.column == fix.column; };
        if (std::ranges::none_of(later, same)) all.push_back(std::move(fix));
    }
    if (all.size() > kCellFixesMax) return too_many();
    return all;
}

Refusal no_such_column(std::size_t place, const CellFix& fix) {
    return field_refusal(member_name(place, "column"), "unknown_header", "The file has no column \"" + fix.column + "\".", fix.column);
}

Refusal no_such_row(std::size_t place, const CellFix& fix, std::uint64_t rows) {
    return field_refusal(member_name(place, "index"), "unknown_row", "The file has no such row; it has " + std::to_string(rows) + ", the first is 0.",
                         std::to_string(fix.row));
}

Result<void> check_fixed_columns(const CsvPlan& plan, const std::vector<CellFix>& fixes) {
    for (std::size_t at = 0; at < fixes.size(); ++at) {
        if (place_of(plan, fixes[at].column) < plan.columns.columns.size()) continue;
        return std::unexpected(no_such_column(at, fixes[at]));
    }
    return {};
}

RowMender::RowMender(const CsvPlan& plan, const CsvOptions& options) : given_(options.fixes), judge_(plan.columns, plan.header, options) {
    for (std::size_t at = 0; at < given_.size(); ++at) fixes_.push_back({given_[at].row, place_of(plan, given_[at].column), at});
    std::ranges::stable_sort(fixes_, {}, &Fix::row);
}

const CsvRecord& RowMender::mend(const CsvRecord& record) {
    if (next_ == fixes_.size()) return record; // nothing more to mend: rows need not be counted
    if (record.fault == CsvFault::None) {
        if (std::ranges::all_of(record.cells, is_blank) || judge_.role_of(record.cells) != RowRole::Deal) return record;
    }
    const std::uint32_t row = row_++;
    return fixes_[next_].row == row ? mended(record) : record;
}

const CsvRecord& RowMender::mended(const CsvRecord& record) {
    const std::uint32_t row = fixes_[next_].row;
    cells_.assign(record.cells.begin(), record.cells.end());
    exact_.assign(record.exact.begin(), record.exact.end());
    for (; next_ < fixes_.size() && fixes_[next_].row == row; ++next_) {
        const Fix& fix = fixes_[next_];
        if (record.fault != CsvFault::None) {
            not_mendable_ = std::min(not_mendable_, fix.place);
            continue;
        }
        if (cells_.size() <= fix.column) cells_.resize(fix.column + 1);
        cells_[fix.column] = given_[fix.place].value;
        if (fix.column < exact_.size()) exact_[fix.column] = 0; // it is what a person wrote
    }
    record_ = record;
    if (record.fault != CsvFault::None) return record_;
    record_.cells = cells_;
    record_.exact = exact_;
    record_.mended = true;
    return record_;
}

Result<void> RowMender::check_all_done() const {
    if (not_mendable_ != kNone) {
        return std::unexpected(field_refusal(member_name(not_mendable_, "index"), "unknown_row",
                                             "This row has no cells: its text broke a limit. Mend it in the file and send that again.",
                                             std::to_string(given_[not_mendable_].row)));
    }
    if (next_ == fixes_.size()) return {};
    return std::unexpected(no_such_row(fixes_[next_].place, given_[fixes_[next_].place], row_));
}

} // namespace tributary
