// Packed files: the same rows as unpacked ones, in bounded memory, and bombs refused.
#include "deal/json.hpp"
#include "sources/csv_upload.hpp"
#include "sources/gunzip.hpp"
#include "sources/reading.hpp"
#include "sources/unpack_guard.hpp"
#include "sources/workbook_builder.hpp"

#include <rapidcheck.h>
#include <zlib.h>

namespace tributary {
namespace {

using namespace testing;

Streamed upload(std::string_view file, Pairs query = {}, std::size_t chunk = 64 * 1024, std::string_view type = "text/csv") {
    static const SourceSpec source = csv_source();
    return stream(source.doors.front(), {.content_type = std::string(type), .query = std::move(query)}, file, chunk);
}

std::string gzipped(std::string_view text) {
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
    std::string out(deflateBound(&stream, text.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string rows(std::size_t count) {
    std::string file = "name,value,note\n";
    for (std::size_t at = 0; at < count; ++at)
        file += "Deal " + std::to_string(at * 7919) + "," + std::to_string(at * 31 % 100'000) + ",n" + std::to_string(at * at) + "\n";
    return file;
}

TEST(Gunzip, APackedFileGivesTheSameRowsWhereverItIsCut) {
    EXPECT_TRUE(rc::check([] {
        const std::string file = rows(*rc::gen::inRange<std::size_t>(0, 300));
        const std::size_t split = *rc::gen::inRange<std::size_t>(0, file.size());
        const bool members = *rc::gen::arbitrary<bool>();
        const std::string packed = members ? gzipped(file.substr(0, split)) + gzipped(file.substr(split)) : gzipped(file);
        const Streamed plain = upload(file);
        const Streamed streamed = upload(packed, {}, *rc::gen::inRange<std::size_t>(1, 2000), "application/gzip");
        RC_ASSERT(streamed.outcome.has_value());
        RC_ASSERT(streamed.raw == packed);
        RC_ASSERT(streamed.rows.size() == plain.rows.size());
        for (std::size_t at = 0; at < plain.rows.size(); ++at) {
            RC_ASSERT(streamed.rows[at].line == plain.rows[at].line);
            RC_ASSERT(streamed.rows[at].draft->fields == plain.rows[at].draft->fields);
            RC_ASSERT(streamed.rows[at].draft->metadata == plain.rows[at].draft->metadata);
        }
    }));
    EXPECT_EQ(parse_json(upload(gzipped("name\nA\n")).understood)->at("compression"), "gzip");
    const Workbook book{.sheets = {{"S", row_of({"name"}) + row_of({"A"})}}};
    EXPECT_EQ(upload(gzipped(book.bytes()), {}, 100).rows.size(), 1U) << "a packed workbook";
}

TEST(Gunzip, BigPackedFilesStreamWithTheirRows) {
    const std::string file = rows(400'000);
    const Streamed streamed = upload(gzipped(file));
    ASSERT_TRUE(streamed.outcome) << streamed.outcome.error().message;
    EXPECT_EQ(streamed.rows.size(), 400'000U);
}

TEST(Gunzip, ABombIsRefusedAfterAFewMegabytes) {
    const std::string bomb = gzipped("name\n" + std::string(300 * 1024 * 1024, '\n'));
    ASSERT_LT(bomb.size(), 600'000U);
    const Streamed streamed = upload(bomb);
    EXPECT_EQ(code_of(streamed), "unpacks_too_large");
    EXPECT_EQ(streamed.outcome.error().reason, Reason::TooLarge);
    Gunzip gunzip;
    std::string_view packed = bomb;
    std::string out;
    std::uint64_t unpacked = 0;
    while (!packed.empty()) {
        out.clear();
        if (!gunzip.unpack(packed, 64 * 1024, out)) break;
        ASSERT_LE(out.size(), 64U * 1024);
        unpacked += out.size();
    }
    EXPECT_LE(unpacked, kUnpackedFreeBytes + 64 * 1024);
}

TEST(Gunzip, DamagedAndUnfinishedFilesAreRefused) {
    const std::string good = gzipped(rows(100));
    EXPECT_EQ(code_of(upload(good.substr(0, good.size() - 5))), "invalid_gzip");
    EXPECT_EQ(code_of(upload(good.substr(0, 3))), "invalid_gzip");
    EXPECT_EQ(code_of(upload(good + "more")), "invalid_gzip");
    std::string flipped = good;
    flipped[good.size() / 2] ^= '\x10';
    EXPECT_EQ(code_of(upload(flipped)), "invalid_gzip");
    EXPECT_EQ(code_of(upload(gzipped(gzipped("name\nA\n")))), "not_text");
    EXPECT_EQ(code_of(upload(gzipped(""))), "empty_file");
}

} // namespace
} // namespace tributary
