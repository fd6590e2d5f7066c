#include "sources/column_survey.hpp"

#include <algorithm>

namespace tributary {

ColumnSurvey::ColumnSurvey(const CsvColumns& columns) {
    for (std::size_t at = 0; at < columns.columns.size(); ++at) {
        const ColumnKind kind = columns.columns[at].rules.kind;
        if (kind != ColumnKind::Words) listened_.push_back({at, ColumnEvidence(kind)});
    }
}

void ColumnSurvey::hear(const CsvRecord& record) {
    if (record.fault != CsvFault::None) return;
    for (Listened& each : listened_) {
        if (each.column >= record.cells.size()) continue;
        const bool exact = each.column < record.exact.size() && record.exact[each.column] != 0;
        if (!exact || each.evidence.kind() != ColumnKind::Amount) each.evidence.hear(record.cells[each.column], record.line);
    }
}

void ColumnSurvey::merge(const ColumnSurvey& other) {
    for (std::size_t at = 0; at < listened_.size(); ++at) listened_[at].evidence.merge(other.listened_[at].evidence);
}

std::vector<ColumnDecision> ColumnSurvey::decide(const CsvColumns& columns, const CsvOptions& options) const {
    std::vector<ColumnDecision> decisions(columns.columns.size());
    for (const Listened& each : listened_) {
        const auto told = told_reading(options, columns.columns[each.column].rules);
        decisions[each.column] = told ? Decided{*told, "The sender said so.", true} : each.evidence.decide();
    }
    return decisions;
}

bool ColumnSurvey::is_open(const CsvColumns& columns, const CsvOptions& options) const {
    return std::ranges::any_of(decide(columns, options), needs_decision);
}

void settle_columns(CsvColumns& columns, const std::vector<ColumnDecision>& decisions) {
    for (std::size_t at = 0; at < decisions.size(); ++at) {
        CellRules& rules = columns.columns[at].rules;
        const auto* decided = std::get_if<Decided>(&decisions[at]);
        rules.reading = decided == nullptr ? ColumnReading::AsWritten : decided->reading;
        rules.told = decided != nullptr && decided->told;
    }
}

} // namespace tributary
