// Bodies: what chunks may look like, and that cutting the stream changes nothing (RELIABILITY T62).
#include "http/body.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace tributary::http {
namespace {

struct Read {
    std::string data;
    BodyStep::State state = BodyStep::State::More;
    std::size_t used = 0;
    bool operator==(const Read&) const = default;
};

void read_on(ChunkedReader& reader, std::string_view bytes, Read& read) {
    while (!bytes.empty() && read.state == BodyStep::State::More) {
        const BodyStep step = reader.read(bytes);
        read.data.append(step.data);
        read.state = step.state;
        read.used += step.used;
        bytes.remove_prefix(step.used);
    }
}

Read read_all(std::string_view bytes) {
    ChunkedReader reader;
    Read read;
    read_on(reader, bytes, read);
    return read;
}

TEST(ChunkedBody, ChunksAreJoinedAndWhatFollowsIsLeft) {
    const std::string bytes =
        "5\r\nhello\r\n006;a=b;c;d=\"q; \\\" x\"\r\n world\r\nA\r\n0123456789\r\n0\r\nX-Auth: admin\r\nEmpty:\r\n\r\nGET /";
    const Read read = read_all(bytes);
    EXPECT_EQ(read.data, "hello world0123456789");
    EXPECT_EQ(read.state, BodyStep::State::Done);
    EXPECT_EQ(bytes.substr(read.used), "GET /");
}

TEST(ChunkedBody, WhateverIsNotAChunkIsRefused) {
    using namespace std::string_literals;
    const std::vector<std::string> bad = {
        "\r\n\r\n",
        "g\r\n",
        "0x5\r\nhello\r\n",
        "-5\r\n",
        "+5\r\n",
        " 5\r\nhello\r\n",
        "5 \r\nhello\r\n0\r\n\r\n",
        "5\nhello\n0\n\n",
        "5\r\nhelloX",
        "5\r\nhello\n0\r\n\r\n",
        "5\rhello",
        "5\r\nhello\r\r\n",
        "5;\r\nhello\r\n",
        "5;=b\r\n",
        "5;a=\r\n",
        "5;a=\"b\r\nhello\r\n",
        "5;a b\r\n",
        "5; a\r\n",
        "5 ;a\r\n",
        "5;a=b\"\r\n",
        "5;\x01\r\n",
        "5;a\nX\r\n",
        "2 erfrferferf\r\naa\r\n",
        "fffffffffffffffff\r\n",
        "ffffffffffffffff\r\n",
        "00000000000000005\r\nhello\r\n",
        "0\r\nno colon\r\n\r\n",
        "0\r\n: x\r\n\r\n",
        "0\r\n folded: x\r\n\r\n",
        "0\r\nA: b\nC: d\r\n\r\n",
        "0\r\nA: \0\r\n\r\n"s,
        "0\r\n\rX",
        "0\r\n\n",
        "5;" + std::string(65, 'a') + "\r\n",
        "5;" + std::string(70'000, 'a') + "\r\n",
    };
    for (const std::string& bytes : bad) EXPECT_EQ(read_all(bytes).state, BodyStep::State::Bad) << bytes.substr(0, 80);
}

TEST(ChunkedBody, ExtensionsAndTrailersAreBounded) {
    EXPECT_EQ(read_all("5;" + std::string(63, 'a') + "\r\nhello\r\n0\r\n\r\n").state, BodyStep::State::Done);
    EXPECT_EQ(read_all("0\r\nX: " + std::string(8000, 'a') + "\r\n\r\n").state, BodyStep::State::Done);
    EXPECT_EQ(read_all("0\r\nX: " + std::string(9000, 'a') + "\r\n\r\n").state, BodyStep::State::Bad);
    std::string many = "0\r\n";
    for (int i = 0; i < 3000; ++i) many += "X: \r\n";
    EXPECT_EQ(read_all(many + "\r\n").state, BodyStep::State::Bad);
}

TEST(LengthBody, EndsAfterExactlyItsBytes) {
    BodyReader reader;
    reader.start(Framing::Length, 5);
    BodyStep step = reader.read("abc");
    EXPECT_EQ(step.data, "abc");
    EXPECT_EQ(step.state, BodyStep::State::More);
    EXPECT_EQ(reader.left(), 2U);
    step = reader.read("defgh");
    EXPECT_EQ(step.data, "de");
    EXPECT_EQ(step.used, 2U);
    EXPECT_EQ(step.state, BodyStep::State::Done);
}

RC_GTEST_PROP(ChunkedBody, AnySplitGivesTheSameBody, (const std::vector<std::string>& pieces, const std::vector<std::uint16_t>& cuts)) {
    std::string bytes;
    std::string whole;
    static constexpr std::string_view kDigits = "0123456789abcdef";
    for (const std::string& piece : pieces) {
        if (piece.empty()) continue;
        bytes.append({kDigits[piece.size() >> 4U & 15U], kDigits[piece.size() & 15U]}).append(";x=1\r\n").append(piece).append("\r\n");
        whole += piece;
    }
    bytes += "0\r\nTrailer: dropped\r\n\r\n";
    ChunkedReader reader;
    Read read;
    std::size_t at = 0;
    for (const std::uint16_t cut : cuts) {
        const std::size_t size = std::min<std::size_t>(cut % 7, bytes.size() - at);
        read_on(reader, std::string_view(bytes).substr(at, size), read);
        at += size;
    }
    read_on(reader, std::string_view(bytes).substr(at), read);
    RC_ASSERT(read.data == whole);
    RC_ASSERT(read.state == BodyStep::State::Done);
    RC_ASSERT(read.used == bytes.size());
}

RC_GTEST_PROP(ChunkedBody, DamagedBodiesNeverBreakItAndSplittingThemChangesNothing, ()) {
    std::string bytes = "5;a=\"b\"\r\nhello\r\n1a\r\n01234567890123456789012345\r\n0\r\nA: b\r\n\r\n";
    const int changes = *rc::gen::inRange(0, 4);
    for (int i = 0; i < changes; ++i) bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<char>();
    ChunkedReader reader;
    Read split;
    for (const char c : bytes) read_on(reader, {&c, 1}, split);
    RC_ASSERT(split == read_all(bytes));
}

} // namespace
} // namespace tributary::http
