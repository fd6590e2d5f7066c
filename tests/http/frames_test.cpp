// WebSocket frames, both ways, and the checklist of ../shared/data/ws-autobahn-cases.json as far as it is about the reader:
// sections 1 to 7 with this server's rules (text only, at most 16 KiB).
#include "client_frames.hpp"
#include "http/frames.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace tributary::http {
namespace {

using Kind = ClientEvent::Kind;

// What a reader made of a stream, as one readable line.
std::string events_of(FrameReader& reader, std::string_view bytes) {
    std::string events;
    while (!bytes.empty()) {
        const ClientEvent event = reader.read(bytes);
        const std::string payload(event.payload);
        switch (event.kind) {
        case Kind::None: break;
        case Kind::Text: events += "text(" + payload + ") "; break;
        case Kind::Ping: events += "ping(" + payload + ") "; break;
        case Kind::Pong: events += "pong(" + payload + ") "; break;
        case Kind::Close: events += "close(" + std::to_string(event.code) + payload + ") "; break;
        case Kind::Broken: return events + "broken(" + std::to_string(event.code) + ")";
        }
    }
    return events;
}

std::string events_of(std::string_view bytes) {
    FrameReader reader;
    return events_of(reader, bytes);
}

constexpr FrameShape kPing{.opcode = 9};
constexpr FrameShape kPong{.opcode = 10};
constexpr FrameShape kBegun{.opcode = 1, .final = false};
constexpr FrameShape kMiddle{.opcode = 0, .final = false};
constexpr FrameShape kLast{.opcode = 0};

TEST(Frames, ServerFramesHaveTheShortestLengthAndNoMask) {
    EXPECT_EQ(*make_frame("hi"), std::string("\x81\x02hi"));
    EXPECT_EQ(make_frame("")->size(), 2U);
    EXPECT_EQ(make_frame(std::string(125, 'x'))->size(), 127U);
    EXPECT_EQ(make_frame(std::string(126, 'x'))->substr(0, 4), std::string("\x81\x7e\x00\x7e", 4));
    EXPECT_EQ(make_frame(std::string(65535, 'x'))->size(), 65539U);
    EXPECT_EQ(make_frame(std::string(65536, 'x'))->substr(0, 10), std::string("\x81\x7f\0\0\0\0\0\x01\0\0", 10));
    EXPECT_EQ(close_frame(1013, "too slow"), std::string("\x88\x0a\x03\xf5too slow"));
    EXPECT_EQ(close_frame(0, "ignored"), std::string("\x88\0", 2));
}

TEST(Frames, ALongReasonIsCutBetweenCharacters) {
    const std::string frame = close_frame(1000, std::string(122, 'a') + "\xc3\xa9");
    EXPECT_EQ(frame.size(), 2U + 2U + 122U);
    EXPECT_LE(close_frame(1000, std::string(500, 'b')).size(), 127U);
}

TEST(Frames, TheAcceptKeyIsTheOneOfTheStandard) {
    EXPECT_EQ(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="); // RFC 6455 section 1.3
    EXPECT_FALSE(accept_key(""));
    EXPECT_FALSE(accept_key("dGhlIHNhbXBsZSBub25jZQ"));
    EXPECT_FALSE(accept_key("dGhlIHNhbXBsZSBub25jZQ= "));
    EXPECT_FALSE(accept_key("dGhlIHNhbXBsZSBub25j!!=="));
    EXPECT_FALSE(accept_key(std::string(24, '=')));
}

TEST(Frames, MessagesOfEveryLengthArrive) { // cases 1.1.x
    for (const std::size_t size : {0U, 125U, 126U, 127U, 128U, 16384U})
        EXPECT_EQ(events_of(client_frame(std::string(size, '*'))), "text(" + std::string(size, '*') + ") ");
    EXPECT_EQ(events_of(client_frame(std::string(16385, '*'))), "broken(1009)"); // 1.1.6 to 1.1.8: over our bound
    EXPECT_EQ(events_of(client_frame(std::string(65536, '*'))), "broken(1009)");
    EXPECT_EQ(events_of(client_frame(std::string(10000, '*'), kBegun) + client_frame(std::string(6385, '*'), kLast)), "broken(1009)");
    EXPECT_EQ(events_of(client_frame("x", {.opcode = 2})), "broken(1003)"); // 1.2.x: binary is not spoken
}

TEST(Frames, TooLargeAMessageIsRefusedByItsHeadAlone) {
    const std::string head("\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x01\x02\x03\x04", 14);
    EXPECT_EQ(events_of(head), "broken(1009)");
}

TEST(Frames, PingsAndPongsCarryUpTo125Bytes) { // cases 2.x
    EXPECT_EQ(events_of(client_frame("", kPing)), "ping() ");
    EXPECT_EQ(events_of(client_frame("\xfe\xff", kPing)), "ping(\xfe\xff) ");
    EXPECT_EQ(events_of(client_frame(std::string(125, '\xfe'), kPing)), "ping(" + std::string(125, '\xfe') + ") ");
    EXPECT_EQ(events_of(client_frame(std::string(126, 'x'), kPing)), "broken(1002)");
    EXPECT_EQ(events_of(client_frame("a", kPong) + client_frame("b", kPing)), "pong(a) ping(b) ");
}

TEST(Frames, ReservedBitsAndOpcodesBreakTheProtocol) { // cases 3.x and 4.x
    for (unsigned reserved = 1; reserved < 8; ++reserved)
        for (const unsigned opcode : {1U, 8U, 9U, 10U})
            EXPECT_EQ(events_of(client_frame("a") + client_frame("b", {.opcode = opcode, .reserved = reserved})), "text(a) broken(1002)");
    for (const unsigned opcode : {3U, 4U, 5U, 6U, 7U, 11U, 12U, 13U, 14U, 15U})
        EXPECT_EQ(events_of(client_frame("a") + client_frame("b", {.opcode = opcode}) + client_frame("", kPing)), "text(a) broken(1002)");
}

TEST(Frames, AnUnmaskedClientFrameBreaksTheProtocol) {
    EXPECT_EQ(events_of(client_frame("a", {.masked = false})), "broken(1002)");
    EXPECT_EQ(events_of(client_frame("", {.opcode = 9, .masked = false})), "broken(1002)");
}

TEST(Frames, LengthsAreWrittenTheShortestWay) {
    EXPECT_EQ(events_of(client_frame("a", {.length_bytes = 2})), "broken(1002)");
    EXPECT_EQ(events_of(client_frame(std::string(200, 'a'), {.length_bytes = 8})), "broken(1002)");
}

TEST(Frames, FragmentsMakeOneMessageWithControlFramesBetween) { // cases 5.x
    EXPECT_EQ(events_of(client_frame("ab", kBegun) + client_frame("cd", kLast)), "text(abcd) ");
    EXPECT_EQ(events_of(client_frame("a", kBegun) + client_frame("p", kPing) + client_frame("b", kMiddle) + client_frame("q", kPing) +
                        client_frame("c", kLast)),
              "ping(p) ping(q) text(abc) ");
    EXPECT_EQ(events_of(client_frame("", kBegun) + client_frame("", kMiddle) + client_frame("", kLast)), "text() "); // 6.1.2
    EXPECT_EQ(events_of(client_frame("a", kBegun) + client_frame("b", kLast) + client_frame("c")), "text(ab) text(c) ");
    EXPECT_EQ(events_of(client_frame("p", {.opcode = 9, .final = false})), "broken(1002)");  // 5.1
    EXPECT_EQ(events_of(client_frame("p", {.opcode = 10, .final = false})), "broken(1002)"); // 5.2
    EXPECT_EQ(events_of(client_frame("a", kLast) + client_frame("b")), "broken(1002)");      // 5.9
    EXPECT_EQ(events_of(client_frame("a", kMiddle) + client_frame("b")), "broken(1002)");    // 5.12
    EXPECT_EQ(events_of(client_frame("a", kBegun) + client_frame("b", kLast) + client_frame("c", kMiddle)),
              "text(ab) broken(1002)");                                                  // 5.15
    EXPECT_EQ(events_of(client_frame("a", kBegun) + client_frame("b")), "broken(1002)"); // 5.18
}

TEST(Frames, TextIsUtf8AndRefusedAtItsFirstWrongByte) { // cases 6.x
    const std::string kosme = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5";
    EXPECT_EQ(events_of(client_frame(kosme)), "text(" + kosme + ") ");
    std::string bytewise = client_frame("", kBegun);
    for (const char c : kosme) bytewise += client_frame({&c, 1}, kMiddle);
    EXPECT_EQ(events_of(bytewise + client_frame("", kLast)), "text(" + kosme + ") ");
    for (const std::string bad : {"\x80", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xc3", "\xe2\x82",
                                  "\xff", "a\xe0\x80\x80", "\xf0\x80\x80\x80"})
        EXPECT_EQ(events_of(client_frame(bad)), "broken(1007)") << bad;
    for (const std::string good :
         {"\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf", "\xc2\x80", "\xe0\xa0\x80", "\xf0\x90\x80\x80"})
        EXPECT_EQ(events_of(client_frame(good)), "text(" + good + ") ");
    // 6.4.x: the message is far from its end, and already refused.
    EXPECT_EQ(events_of(client_frame(kosme, kBegun) + client_frame("\xf4\x90", kMiddle)), "broken(1007)");
    const std::string cut = client_frame(kosme + "\xf4\x90\x80\x80 and more").substr(0, 6 + kosme.size() + 2);
    EXPECT_EQ(events_of(cut), "broken(1007)");
}

TEST(Frames, CloseCodesAreThoseAClientMayUse) { // cases 7.x
    EXPECT_EQ(events_of(client_frame("", {.opcode = 8})), "close(0) ");
    EXPECT_EQ(events_of(client_frame("x", {.opcode = 8})), "broken(1002)");
    for (const int code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999})
        EXPECT_EQ(events_of(client_close(static_cast<std::uint16_t>(code))), "close(" + std::to_string(code) + ") ");
    for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535})
        EXPECT_EQ(events_of(client_close(static_cast<std::uint16_t>(code))), "broken(1002)") << code;
    EXPECT_EQ(events_of(client_close(1000, std::string(123, 'r'))), "close(1000" + std::string(123, 'r') + ") ");
    EXPECT_EQ(events_of(client_close(1000, std::string(124, 'r'))), "broken(1002)");
    EXPECT_EQ(events_of(client_close(1000, "\xce\xba\xe1\xbd\xb9\xcf\x83\xed\xa0\x80")), "broken(1007)");
}

RC_GTEST_PROP(Frames, AnySplitGivesTheSameEvents, (const std::vector<std::pair<std::string, std::uint8_t>>& said)) {
    std::string bytes;
    for (const auto& [payload, kind] : said) {
        const std::string text = payload.substr(0, 100);
        bytes += client_frame(text, {.opcode = kind % 3 == 0 ? 1U : kind % 3 == 1 ? 9U : 10U});
    }
    FrameReader whole;
    FrameReader split;
    std::string events;
    for (const char c : bytes) {
        events += events_of(split, {&c, 1});
        if (events.find("broken") != std::string::npos) break;
    }
    RC_ASSERT(events == events_of(whole, bytes));
}

RC_GTEST_PROP(Frames, RandomBytesNeverBreakTheReader, (const std::string& noise)) {
    (void)events_of(noise);
    // And noise that at least begins like a frame.
    (void)events_of(client_frame(noise) + noise);
    (void)events_of("\x81\xfe" + noise);
}

RC_GTEST_PROP(Frames, DamagedStreamsNeverBreakTheReader, ()) {
    std::string bytes = client_frame("hello") + client_frame("a", kBegun) + client_frame("p", kPing) +
                        client_frame(std::string(300, 'b'), kLast) + client_close(1000, "bye");
    const int changes = *rc::gen::inRange(1, 5);
    for (int i = 0; i < changes; ++i) bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<char>();
    (void)events_of(bytes);
}

} // namespace
} // namespace tributary::http
