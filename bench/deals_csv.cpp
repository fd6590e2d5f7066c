// Writes a CSV of the specification's nine columns: bench_deals_csv --rows 100000 [--first 0] > deals.csv
#include "arguments.hpp"
#include "sample_deals.hpp"

#include <cstdio>

namespace {

using namespace tributary::bench;

// Quoted only when it must be (RFC 4180).
void append_cell(std::string& out, std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
        out += text;
        return;
    }
    out += '"';
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    out += '"';
}

void append_row(std::string& out, const SampleDeal& deal) {
    append_cell(out, deal.name);
    for (const std::string& cell : {deal.company, std::to_string(deal.value), deal.stage, std::to_string(deal.probability), deal.close_date,
                                    deal.email, deal.contact, deal.description}) {
        out += ',';
        append_cell(out, cell);
    }
    out += '\n';
}

} // namespace

int main(int count, char** values) {
    constexpr std::size_t kBlockBytes = 1 << 16;
    const Arguments arguments(count, values);
    const long rows = arguments.number("rows", 1'000);
    const long first = arguments.number("first", 0);
    std::string block = "Deal Name,Company,Value,Stage,Probability,Expected Close Date,Contact Email,Contact Name,Description\n";
    for (long n = first; n < first + rows; ++n) {
        append_row(block, sample_deal(static_cast<std::uint64_t>(n)));
        if (block.size() < kBlockBytes && n + 1 < first + rows) continue;
        if (std::fwrite(block.data(), 1, block.size(), stdout) != block.size()) fail("cannot write");
        block.clear();
    }
    return std::fflush(stdout) == 0 ? 0 : 1;
}
