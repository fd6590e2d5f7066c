// See deals_csv.hpp.
#include "api/deals_csv.hpp"

#include "deal/spreadsheet.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace tributary {
namespace {

constexpr std::size_t kDealsPerPiece = 500;

std::string percent(std::int32_t probability) {
    std::string text = std::to_string(probability / 100);
    if (const int rest = probability % 100; rest != 0) text += "." + std::string(rest < 10 ? "0" : "") + std::to_string(rest);
    return text;
}

struct Column {
    std::string_view name; // as the API calls the field
    std::string (*cell)(const Deal&);
};

constexpr std::array<Column, 20> kColumns{{
    {"id", [](const Deal& d) { return d.id.text(); }},
    {"name", [](const Deal& d) { return d.name; }},
    {"company", [](const Deal& d) { return d.company; }},
    {"value", [](const Deal& d) { return amount_text(d.value_minor, d.currency); }},
    {"currency", [](const Deal& d) { return std::string(d.currency.text()); }},
    {"stage", [](const Deal& d) { return std::string(stage_key(d.stage)); }},
    {"probability", [](const Deal& d) { return percent(d.probability); }},
    {"expected_close_date", [](const Deal& d) { return d.expected_close_date ? date_text(*d.expected_close_date) : std::string(); }},
    {"owner", [](const Deal& d) { return d.owner; }},
    {"contact_name", [](const Deal& d) { return d.contact_name; }},
    {"contact_email", [](const Deal& d) { return d.contact_email; }},
    {"contact_phone", [](const Deal& d) { return d.contact_phone; }},
    {"description", [](const Deal& d) { return d.description; }},
    {"source", [](const Deal& d) { return std::string(source_key(d.source)); }},
    {"health_score", [](const Deal& d) { return std::to_string(d.health_score); }},
    {"risk_level", [](const Deal& d) { return std::string(risk_key(d.risk)); }},
    {"lost_reason", [](const Deal& d) { return d.lost_reason; }},
    {"closed_at", [](const Deal& d) { return d.closed_at == 0 ? std::string() : instant_text(d.closed_at); }},
    {"created_at", [](const Deal& d) { return instant_text(d.created_at); }},
    {"updated_at", [](const Deal& d) { return instant_text(d.updated_at); }},
}};

class CsvGiver final : public http::BodyGiver, public std::enable_shared_from_this<CsvGiver> {
  public:
    CsvGiver(CallPtr call, DealViewPtr view, DealViews::Loan loan, std::vector<std::size_t> columns)
        : call_(std::move(call)), view_(std::move(view)), loan_(std::move(loan)), columns_(std::move(columns)) {}

    void next(Give give) override {
        // A refused submit throws `give` away, which cuts the answer off.
        (void)call_->app.readers.submit([self = shared_from_this(), give = std::move(give)] {
            try {
                give(self->piece());
            } catch (const std::exception& error) {
                log_event("error", "read_failed", error.what());
                give(std::nullopt);
            }
        });
    }

  private:
    // One call at a time: the next is asked for when this one has gone out.
    std::string piece() {
        std::string out;
        while (out.empty() && at_ < view_->places.size()) {
            const auto places = std::span(view_->places).subspan(at_, std::min(kDealsPerPiece, view_->places.size() - at_));
            call_->app.store.read(call_->scope, [&](LedgerReader& ledger) { append_rows(out, ledger.read_deals_at(places)); });
            at_ += places.size();
        }
        return out;
    }

    void append_rows(std::string& out, const std::vector<std::optional<Deal>>& deals) const {
        std::vector<std::string> cells(columns_.size());
        for (const auto& deal : deals) {
            if (!deal || (deal->deleted_at != 0 && !view_->with_deleted)) continue;
            for (std::size_t at = 0; at < columns_.size(); ++at) cells[at] = kColumns[columns_[at]].cell(*deal);
            append_csv_row(out, cells);
        }
    }

    CallPtr call_;
    DealViewPtr view_;
    DealViews::Loan loan_;
    std::vector<std::size_t> columns_;
    std::size_t at_ = 0;
};

} // namespace

Result<std::vector<std::size_t>> csv_columns_asked(std::string_view text) {
    std::vector<std::size_t> columns;
    if (text.empty()) {
        for (std::size_t at = 0; at < kColumns.size(); ++at) columns.push_back(at);
        return columns;
    }
    for (bool more = true; more;) {
        const std::size_t comma = text.find(',');
        const std::string_view name = text.substr(0, comma);
        const auto found = std::ranges::find(kColumns, name, &Column::name);
        const auto at = static_cast<std::size_t>(found - kColumns.begin());
        if (found == kColumns.end() || std::ranges::find(columns, at) != columns.end()) {
            return std::unexpected(field_refusal("columns", "invalid_parameter", "There is no such column, or it is named twice.", name));
        }
        columns.push_back(at);
        more = comma != std::string_view::npos;
        if (more) text.remove_prefix(comma + 1);
    }
    return columns;
}

http::Response deals_csv(const CallPtr& call, DealViewPtr view, DealViews::Loan loan, std::vector<std::size_t> columns) {
    http::Response response;
    response.content_type = "text/csv; charset=utf-8";
    response.headers.emplace_back("Content-Disposition", "attachment; filename=\"deals.csv\"");
    std::vector<std::string> header;
    for (const std::size_t column : columns) header.emplace_back(kColumns[column].name);
    append_csv_row(response.body, header);
    response.rest = std::make_shared<CsvGiver>(call, std::move(view), std::move(loan), std::move(columns));
    return response;
}

} // namespace tributary
