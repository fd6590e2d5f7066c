// The order of a file's columns says nothing: the same table with its columns shuffled is the same deals.
#include "deal/json.hpp"
#include "sources/csv_door.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <vector>

namespace tributary::testing {
namespace {

struct Column {
    std::string header;
    std::vector<std::string> cells;
};

// Headers of the common exports, headers with a slip, columns that are no field; and cells as people write them.
std::string any_cell(std::string_view header) {
    const auto one = [](std::initializer_list<std::string> texts) { return *rc::gen::elementOf(std::vector<std::string>(texts)); };
    if (header == "Deal Name") return one({"Alpha", "Beta, Ltd", "Gamma \"x\"", "Été", ""});
    if (header == "Amount") return one({"1.234,56", "12,50", "€5", "(3,00)", "1.000.000,00", "", "soon"});
    if (header == "Close Date") return one({"31.12.2026", "04.03.2026", "", "3. März 2026"});
    if (header == "Created") return one({"2026-01-05", "2026-12-31", ""});
    if (header == "Probability") return one({"10%", "55%", "100%", ""});
    if (header == "Stage") return one({"proposal", "Closed Won", "no such", ""});
    if (header == "Contact Email" || header == "Second Mail") return one({"a@acme.example", "B@Acme.example", "none", ""});
    if (header == "External Id") return one({"1", "2", "3", ""});
    return one({"x", "7", "new\nline", "; | \t", ""});
}

std::string quoted(const std::string& cell) {
    std::string out = "\"";
    for (const char c : cell) out.append(c == '"' ? 2 : 1, c);
    return out + '"';
}

std::string file_of(const std::vector<Column>& columns, const std::vector<std::size_t>& order, std::size_t rows) {
    std::string file;
    const auto line = [&](const auto& cell_of) {
        for (std::size_t at = 0; at < order.size(); ++at) file += (at == 0 ? "" : ",") + quoted(cell_of(columns[order[at]]));
        file += '\n';
    };
    line([](const Column& column) { return column.header; });
    for (std::size_t row = 0; row < rows; ++row) line([row](const Column& column) { return column.cells[row]; });
    return file;
}

// Everything a row became but its raw text; members of the metadata and problems by name.
std::string told(const Streamed& streamed) {
    std::string all = code_of(streamed);
    for (const ReadRow& row : streamed.rows) {
        all += "\n" + std::to_string(row.line) + " ";
        if (!row.draft) {
            std::vector<std::string> problems;
            for (const FieldProblem& problem : row.draft.error().details) problems.push_back(problem.field + ":" + problem.code + ":" + problem.value);
            std::ranges::sort(problems);
            for (const std::string& problem : problems) all += problem + " ";
            continue;
        }
        for (const Field field : kFields) all += "|" + ((*row.draft)[field] ? *(*row.draft)[field] : std::string("-"));
        for (const ExternalId& external : row.draft->external_ids) all += "|" + external.system + ":" + external.id;
        std::map<std::string, std::string> members;
        const auto metadata = parse_json(row.draft->metadata.empty() ? "{}" : row.draft->metadata).value();
        for (const auto& pair : metadata.get_object()) append_json(members[std::string(pair.key())], pair.value());
        for (const auto& [key, value] : members) all += "|" + key + "=" + value;
    }
    return all;
}

TEST(CsvOrder, ShuffledColumnsGiveTheSameDeals) {
    EXPECT_TRUE(rc::check([] {
        static const std::vector<std::string> kHeaders{"Deal Name", "Amount", "Close Date", "Created", "Probability", "Stage", "Contact Email",
                                                       "External Id", "Shoe Size", "Second Mail", "Acount", "Owner"};
        const auto rows = *rc::gen::inRange<std::size_t>(1, 8);
        std::vector<Column> columns;
        for (const std::string& header : kHeaders) {
            if (header != "Deal Name" && *rc::gen::inRange(0, 3) == 0) continue;
            Column& column = columns.emplace_back(Column{.header = header, .cells = {}});
            for (std::size_t row = 0; row < rows; ++row) column.cells.push_back(any_cell(header));
        }
        std::vector<std::size_t> order(columns.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        const std::string first = told(upload(file_of(columns, order, rows), {{"delimiter", ","}}));
        for (std::size_t left = order.size(); left > 1; --left) std::swap(order[left - 1], order[*rc::gen::inRange<std::size_t>(0, left)]);
        RC_ASSERT(told(upload(file_of(columns, order, rows), {{"delimiter", ","}})) == first);
    }));
}

} // namespace
} // namespace tributary::testing
