// The record reader alone: no drafts, no store. bench_csv_reader [--mb 128] [--passes 5] [--drafts_mb 1000] prints one JSON line with MB/s
// of CPU time (best of the passes) of ours, of libcsv and of Python's csv module, on a plain file and on one with a quoted cell in every
// row; and before that, what making drafts of 1 GB costs in time and memory.
#include "sources/csv_reader.hpp"
#include "arguments.hpp"
#include "measure.hpp"
#include "sample_deals.hpp"
#include "sources/csv_upload.hpp"

#include <csv.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

namespace {

using namespace tributary;
using namespace tributary::bench;

constexpr std::size_t kChunkBytes = 64 * 1024; // as a body arrives

std::string sample_file(std::size_t bytes, bool quoted) {
    std::string out = "Deal Name,Company,Value,Stage,Probability,Expected Close Date,Contact Email,Contact Name,Description\n";
    out.reserve(bytes + 1024);
    for (std::uint64_t n = 0; out.size() < bytes; ++n) {
        SampleDeal deal = sample_deal(n);
        for (char& c : deal.description) {
            if (c == '"' || (!quoted && c == ',')) c = ' ';
        }
        out += deal.name + ',' + deal.company + ',' + std::to_string(deal.value) + ',' + deal.stage + ',' +
               std::to_string(deal.probability) + ',' + deal.close_date + ',' + deal.email + ',' + deal.contact + ',';
        out += quoted ? "\"He said \"\"yes\"\", " + deal.description + "\"\n" : deal.description + '\n';
    }
    return out;
}

// What was read: readers must agree on it.
struct Read {
    std::uint64_t rows = 0, cells = 0, bytes = 0;
    bool operator==(const Read&) const = default;
};

Read read_ours(const std::string& text) {
    Read read;
    CsvReader reader(',', [&](const CsvRecord& record) {
        ++read.rows;
        read.cells += record.cells.size();
        for (const auto cell : record.cells) read.bytes += cell.size();
        return true;
    });
    for (std::size_t at = 0; at < text.size(); at += kChunkBytes) reader.write(std::string_view(text).substr(at, kChunkBytes));
    reader.finish();
    return read;
}

Read read_libcsv(const std::string& text) {
    Read read;
    csv_parser parser;
    if (csv_init(&parser, CSV_APPEND_NULL) != 0) fail("libcsv cannot start");
    const auto cell = [](void*, std::size_t bytes, void* into) {
        auto& all = *static_cast<Read*>(into);
        ++all.cells;
        all.bytes += bytes;
    };
    const auto row = [](int, void* into) { ++static_cast<Read*>(into)->rows; };
    for (std::size_t at = 0; at < text.size(); at += kChunkBytes) {
        const std::size_t size = std::min(kChunkBytes, text.size() - at);
        if (csv_parse(&parser, text.data() + at, size, cell, row, &read) != size) fail("libcsv stopped");
    }
    csv_fini(&parser, cell, row, &read);
    csv_free(&parser);
    return read;
}

double mb_per_s(const std::string& text, long passes, const std::function<Read(const std::string&)>& reader, const Read& expected) {
    std::int64_t best = 0;
    for (long pass = 0; pass < passes; ++pass) {
        const std::int64_t before = cpu_ns();
        if (!(reader(text) == expected)) fail("the readers disagree");
        const std::int64_t took = cpu_ns() - before;
        if (best == 0 || took < best) best = took;
    }
    return static_cast<double>(text.size()) * 1'000 / static_cast<double>(best);
}

double python_mb_per_s(const std::string& text, const Read& expected) {
    std::string path = (std::filesystem::temp_directory_path() / "tributary-bench-csv-XXXXXX").string();
    const int file = mkstemp(path.data());
    if (file < 0 || write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size())) fail("cannot write " + path);
    close(file);
    const std::string program = "import csv,sys,time\n"
                                "f=open('" +
                                path +
                                "',newline='',encoding='utf-8')\n"
                                "t=time.process_time();r=c=0\n"
                                "for row in csv.reader(f): r+=1;c+=len(row)\n"
                                "print(time.process_time()-t,r,c)\n";
    FILE* pipe = popen(("python3 -c \"" + program + "\"").c_str(), "r");
    if (pipe == nullptr) fail("cannot start python3");
    double seconds = 0;
    unsigned long long rows = 0, cells = 0;
    const int found = std::fscanf(pipe, "%lf %llu %llu", &seconds, &rows, &cells);
    pclose(pipe);
    std::remove(path.c_str());
    if (found != 3 || rows != expected.rows || cells != expected.cells) fail("python3 disagrees");
    return static_cast<double>(text.size()) / 1e6 / seconds;
}

long peak_kb() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmHWM:")) return std::strtol(line.c_str() + 6, nullptr, 10);
    }
    return 0;
}

// A body of `mb` through the CSV door, made as it goes, so that only the reader's own memory counts.
void print_drafts(long mb) {
    const std::string text = sample_file(4'000'000, true);
    const std::size_t header = text.find('\n') + 1;
    std::uint64_t rows = 0;
    std::uint64_t kept = 0;
    const auto reader = read_csv_body("text/csv", {}, [&](ReadRow&& row) {
        rows += row.draft ? 1 : 0;
        return true;
    });
    const auto drain = [&] {
        for (;;) {
            kept += reader->take_raw().size(); // as an import would
            const auto again = reader->more();
            if (!again) fail(again.error().message);
            if (!*again) return;
        }
    };
    std::uint64_t bytes = 0;
    const std::int64_t before = cpu_ns();
    while (bytes < static_cast<std::uint64_t>(mb) * 1'000'000) {
        for (std::size_t at = bytes == 0 ? 0 : header; at < text.size(); at += kChunkBytes) {
            const std::string_view chunk = std::string_view(text).substr(at, kChunkBytes);
            bytes += chunk.size();
            if (!reader->write(chunk)) fail("refused");
            drain();
        }
    }
    if (!reader->finish()) fail("refused");
    drain();
    if (kept != bytes) fail("not every byte was kept");
    const double seconds = static_cast<double>(cpu_ns() - before) / 1e9;
    std::printf(",\"drafts\":{\"mb\":%.0f,\"mb_s\":%.0f,\"rows_s\":%.0f,\"peak_mb\":%.1f}", static_cast<double>(bytes) / 1e6,
                static_cast<double>(bytes) / 1e6 / seconds, static_cast<double>(rows) / seconds, static_cast<double>(peak_kb()) / 1024);
}

} // namespace

int main(int count, char** values) {
    const Arguments arguments(count, values);
    const auto bytes = static_cast<std::size_t>(arguments.number("mb", 128)) * 1'000'000;
    const long passes = arguments.number("passes", 5);
    std::printf("{\"mb\":%ld", arguments.number("mb", 128));
    if (const long drafts_mb = arguments.number("drafts_mb", 1'000); drafts_mb > 0) print_drafts(drafts_mb);
    for (const bool quoted : {false, true}) {
        const std::string text = sample_file(bytes, quoted);
        const Read expected = read_libcsv(text);
        std::printf(",\"%s\":{\"ours_mb_s\":%.0f,\"libcsv_mb_s\":%.0f,\"python_mb_s\":%.0f}", quoted ? "quoted" : "plain",
                    mb_per_s(text, passes, read_ours, expected), mb_per_s(text, 1, read_libcsv, expected), python_mb_per_s(text, expected));
    }
    std::printf("}\n");
    return 0;
}
