// The gate: what passes, what is refused, and with which code (RELIABILITY T62, rules 34 and 35).
#include "http/fields.hpp"
#include "http/gate.hpp"
#include "http/utf8.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace tributary::http {
namespace {

struct Verdict {
    int status = 200;
    std::string code;
};

// find_head and read_head together, as a connection uses them.
std::expected<Head, HeadRefusal> pass(std::string_view bytes, const Limits& limits = {}) {
    std::size_t searched = 0;
    const auto span = find_head(bytes, searched, limits);
    if (!span) return std::unexpected(span.error());
    if (!*span) return refuse_head(0, "incomplete", "");
    return read_head(bytes.substr((*span)->begin, (*span)->size), limits);
}

Verdict judge(std::string_view bytes) {
    const auto head = pass(bytes);
    if (head) return {};
    return {.status = head.error().status, .code = head.error().refusal.code};
}

std::string with_headers(const std::string& headers, const std::string& line = "POST /x HTTP/1.1") {
    return line + "\r\nHost: a.test\r\n" + headers + "\r\n";
}

struct Case {
    std::string name;
    std::string bytes;
    int status;
    std::string code;
};

void expect_all(const std::vector<Case>& cases) {
    for (const Case& one : cases) {
        const Verdict verdict = judge(one.bytes);
        EXPECT_EQ(verdict.status, one.status) << one.name;
        EXPECT_EQ(verdict.code, one.code) << one.name;
    }
}

TEST(Gate, AnOrdinaryRequestIsReadWhole) {
    const auto head =
        pass("POST /api/sales/deals/manual?tenant_id=t1&q=a%20b+c HTTP/1.1\r\nHost: example.org:8080\r\nContent-Type: application/json\r\n"
             "X-ODD:\t two words \t\r\nContent-Length: 12\r\n\r\n");
    ASSERT_TRUE(head);
    EXPECT_EQ(head->request.method, "POST");
    EXPECT_EQ(head->request.path, "/api/sales/deals/manual");
    EXPECT_EQ(head->request.target, "/api/sales/deals/manual?tenant_id=t1&q=a%20b+c");
    EXPECT_EQ(head->request.param("tenant_id"), "t1");
    EXPECT_EQ(head->request.param("q"), "a b c");
    EXPECT_EQ(head->request.header("content-type"), "application/json");
    EXPECT_EQ(head->request.header("x-odd"), "two words");
    EXPECT_EQ(head->request.header("absent"), "");
    EXPECT_EQ(head->framing, Framing::Length);
    EXPECT_EQ(head->length, 12U);
    EXPECT_EQ(head->request.content_length, 12U);
    EXPECT_TRUE(head->keep_alive);
    EXPECT_FALSE(head->expect_continue);
    EXPECT_FALSE(head->websocket);
}

TEST(Gate, WhatIsClearPasses) {
    const std::vector<std::string> fine = {
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nhOsT:a.test:65535\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: \r\nY:\r\n\r\n",
        "GET http://a.test:80/x?y=1 HTTP/1.1\r\nHost: A.test:80\r\n\r\n",
        "GET https://a.test HTTP/1.1\r\nHost: a.test\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: a\r\n\r\n",
        "DELETE /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        with_headers("Transfer-Encoding: chunked\r\n"),
        with_headers("Content-Length: 007\r\n"),
        with_headers("Expect: 100-Continue\r\nContent-Length: 5\r\n"),
        with_headers("Accept: a\r\nAccept: b\r\n"),
        with_headers("X-Text: D\xc3\xbcsseldorf \xff\r\n"),
        "GET /caf%C3%A9?%E2%82%AC=%F0%9F%98%80&&a&=b HTTP/1.1\r\nHost: a\r\n\r\n",
    };
    for (const std::string& bytes : fine) EXPECT_EQ(judge(bytes).code, "") << bytes;
}

// Every shape of RELIABILITY T62 that a head can have, and its relatives.
TEST(Gate, EveryAmbiguousFramingIsRefused) {
    const std::string length = "Content-Length: 5\r\n";
    expect_all({
        {"unknown coding", with_headers("Transfer-Encoding: xchunked\r\n"), 501, "transfer_encoding_not_implemented"},
        {"quoted coding", with_headers("Transfer-Encoding: \"chunked\"\r\n"), 501, "transfer_encoding_not_implemented"},
        {"identity", with_headers("Transfer-Encoding: identity\r\n"), 501, "transfer_encoding_not_implemented"},
        {"chunked, identity", with_headers("Transfer-Encoding: chunked, identity\r\n"), 501, "transfer_encoding_not_implemented"},
        {"identity, chunked", with_headers("Transfer-Encoding: identity, chunked\r\n"), 501, "transfer_encoding_not_implemented"},
        {"gzip, chunked", with_headers("Transfer-Encoding: gzip, chunked\r\n"), 501, "transfer_encoding_not_implemented"},
        {"chunked, chunked", with_headers("Transfer-Encoding: chunked, chunked\r\n"), 501, "transfer_encoding_not_implemented"},
        {"chunkedchunked", with_headers("Transfer-Encoding: chunkedchunked\r\n"), 501, "transfer_encoding_not_implemented"},
        {"parameter", with_headers("Transfer-Encoding: chunked;a=b\r\n"), 501, "transfer_encoding_not_implemented"},
        {"trailing comma", with_headers("Transfer-Encoding: chunked,\r\n"), 501, "transfer_encoding_not_implemented"},
        {"other case", with_headers("Transfer-Encoding: Chunked\r\n"), 501, "transfer_encoding_not_implemented"},
        {"empty coding", with_headers("Transfer-Encoding:\r\n"), 501, "transfer_encoding_not_implemented"},
        {"vertical tab",
         with_headers("Transfer-Encoding: \x0b"
                      "chunked\r\n"),
         400, "bad_header_value"},
        {"no-break space",
         with_headers("Transfer-Encoding: \xa0"
                      "chunked\r\n"),
         501, "transfer_encoding_not_implemented"},
        {"two codings", with_headers("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400, "header_repeated"},
        {"two different codings", with_headers("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"), 400, "header_repeated"},
        {"folded coding", with_headers("Transfer-Encoding:\r\n chunked\r\n"), 400, "header_folded"},
        {"folded with tab", with_headers("Transfer-Encoding: chunked\r\n\tidentity\r\n"), 400, "header_folded"},
        {"coding and length", with_headers("Transfer-Encoding: chunked\r\n" + length), 400, "two_lengths"},
        {"length and coding", with_headers(length + "Transfer-Encoding: chunked\r\n"), 400, "two_lengths"},
        {"gzip and length", with_headers("Transfer-Encoding: gzip\r\n" + length), 400, "two_lengths"},
        {"coding in 1.0", with_headers("Transfer-Encoding: chunked\r\n", "POST /x HTTP/1.0"), 400, "transfer_encoding_in_1_0"},
        {"space before colon", with_headers("Transfer-Encoding : chunked\r\n"), 400, "bad_header_name"},
        {"tab before colon", with_headers("Content-Length\t: 5\r\n"), 400, "bad_header_name"},
        {"two lengths", with_headers(length + length), 400, "header_repeated"},
        {"two different lengths", with_headers(length + "content-length: 6\r\n"), 400, "header_repeated"},
        {"length list", with_headers("Content-Length: 5, 5\r\n"), 400, "bad_content_length"},
        {"signed length", with_headers("Content-Length: +5\r\n"), 400, "bad_content_length"},
        {"negative length", with_headers("Content-Length: -5\r\n"), 400, "bad_content_length"},
        {"hexadecimal length", with_headers("Content-Length: 0x5\r\n"), 400, "bad_content_length"},
        {"decimal length", with_headers("Content-Length: 5.0\r\n"), 400, "bad_content_length"},
        {"split length", with_headers("Content-Length: 4 2\r\n"), 400, "bad_content_length"},
        {"empty length", with_headers("Content-Length:\r\n"), 400, "bad_content_length"},
        {"overflowing length", with_headers("Content-Length: 18446744073709551621\r\n"), 400, "bad_content_length"},
        {"GET with body", with_headers(length, "GET /x HTTP/1.1"), 400, "body_not_allowed"},
        {"HEAD with body", with_headers(length, "HEAD /x HTTP/1.1"), 400, "body_not_allowed"},
        {"DELETE with body", with_headers(length, "DELETE /x HTTP/1.1"), 400, "body_not_allowed"},
        {"GET chunked", with_headers("Transfer-Encoding: chunked\r\n", "GET /x HTTP/1.1"), 400, "body_not_allowed"},
        {"unmet expectation", with_headers("Expect: 200-ok\r\n" + length), 417, "expectation_failed"},
    });
}

TEST(Gate, ExactlyOneHostIsNamedAndItIsAHost) {
    const auto host = [](const std::string& value) { return "GET / HTTP/1.1\r\nHost: " + value + "\r\n\r\n"; };
    expect_all({
        {"none", "GET / HTTP/1.1\r\nAccept: */*\r\n\r\n", 400, "host_missing"},
        {"no header at all", "GET / HTTP/1.1\r\n\r\n", 400, "host_missing"},
        {"none in 1.0", "GET / HTTP/1.0\r\n\r\n", 400, "host_missing"},
        {"two", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, "header_repeated"},
        {"two different", "GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n", 400, "header_repeated"},
        {"empty", host(""), 400, "bad_host"},
        {"list", host("a, b"), 400, "bad_host"},
        {"space", host("a b"), 400, "bad_host"},
        {"path", host("a/b"), 400, "bad_host"},
        {"user", host("user@a"), 400, "bad_host"},
        {"letters as port", host("a:http"), 400, "bad_host"},
        {"empty port", host("a:"), 400, "bad_host"},
        {"port too large", host("a:65536"), 400, "bad_host"},
        {"open bracket", host("[::1"), 400, "bad_host"},
        {"bad bracket", host("[::g]"), 400, "bad_host"},
        {"after bracket", host("[::1]x"), 400, "bad_host"},
        {"escape", host("a%00b"), 400, "bad_host"},
    });
}

TEST(Gate, LinesEndWithCarriageReturnAndLineFeedOnly) {
    expect_all({
        {"line feeds only", "GET / HTTP/1.1\nHost: a\n\n", 400, "bare_line_feed"},
        {"one bare line feed", "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", 400, "bare_line_feed"},
        {"line feed in value", "POST / HTTP/1.1\r\nHost: a\r\nX:\nTransfer-Encoding: chunked\r\n\r\n", 400, "bare_line_feed"},
        {"bare return in value", "POST / HTTP/1.1\r\nHost: a\r\nX:\rTransfer-Encoding: chunked\r\n\r\n", 400, "bare_carriage_return"},
        {"bare return in request line", "GET /\rX HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bare_carriage_return"},
        {"two returns", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", 400, "bare_carriage_return"},
        {"two empty lines in front", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_request_line"},
        {"fold after the request line", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400, "header_folded"},
        {"fold", "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n", 400, "header_folded"},
    });
}

TEST(Gate, NamesAndValuesHaveTheirBytesOnly) {
    using namespace std::string_literals;
    expect_all({
        {"NUL in value", with_headers("X: a\0b\r\n"s), 400, "bad_header_value"},
        {"NUL in name", with_headers("X\0: a\r\n"s), 400, "bad_header_name"},
        {"control in value", with_headers("X: \x01\r\n"), 400, "bad_header_value"},
        {"delete in value", with_headers("X: \x7f\r\n"), 400, "bad_header_value"},
        {"form feed", with_headers("X: \f\r\n"), 400, "bad_header_value"},
        {"no colon", with_headers("Just text\r\n"), 400, "bad_header_name"},
        {"no name", with_headers(": value\r\n"), 400, "bad_header_name"},
        {"space in name", with_headers("en-US Content-Type: text/xml\r\n"), 400, "bad_header_name"},
        {"non-ASCII name", with_headers("X-\xc3\xbc: a\r\n"), 400, "bad_header_name"},
        {"brackets in name", with_headers("X[0]: a\r\n"), 400, "bad_header_name"},
        {"two authorizations", with_headers("Authorization: a\r\nAuthorization: b\r\n"), 400, "header_repeated"},
        {"two keys", with_headers("Idempotency-Key: a\r\nIdempotency-Key: b\r\n"), 400, "header_repeated"},
        {"two content types", with_headers("Content-Type: a/b\r\ncontent-type: c/d\r\n"), 400, "header_repeated"},
    });
}

TEST(Gate, TheRequestLineIsMethodTargetAndKnownVersion) {
    using namespace std::string_literals;
    const auto line = [](const std::string& text) { return text + "\r\nHost: a\r\n\r\n"; };
    expect_all({
        {"2.0", line("GET / HTTP/2.0"), 505, "http_version_not_supported"},
        {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "http_version_not_supported"},
        {"1.2", line("GET / HTTP/1.2"), 505, "http_version_not_supported"},
        {"0.9", line("GET / HTTP/0.9"), 505, "http_version_not_supported"},
        {"no version", line("GET /"), 400, "bad_request_line"},
        {"other protocol", line("SOURCE /music ICE/1.0"), 400, "bad_request_line"},
        {"lower-case protocol", line("GET / http/1.1"), 400, "bad_request_line"},
        {"long version", line("GET / HTTP/1.10"), 400, "bad_request_line"},
        {"two spaces", line("GET  / HTTP/1.1"), 400, "bad_target"},
        {"trailing space", line("GET / HTTP/1.1 "), 400, "bad_target"},
        {"tab", line("GET\t/ HTTP/1.1"), 400, "bad_request_line"},
        {"tab in target", line("GET /a\tb HTTP/1.1"), 400, "bad_target"},
        {"space in target", line("GET /a b HTTP/1.1"), 400, "bad_target"},
        {"lower-case method", line("get / HTTP/1.1"), 400, "bad_method"},
        {"strange method", line("GE!T / HTTP/1.1"), 400, "bad_method"},
        {"long method", line("GETGETGETGETGETGETGETGETGET / HTTP/1.1"), 400, "bad_method"},
        {"no method", " / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_request_line"},
        {"TLS hello", "\x16\x03\x01\x02"s, 400, "bad_request_line"},
        {"CONNECT", line("CONNECT a:443 HTTP/1.1"), 501, "method_not_implemented"},
        {"authority as target", line("GET a:443 HTTP/1.1"), 400, "bad_target"},
        {"asterisk", line("GET * HTTP/1.1"), 400, "bad_target"},
        {"relative target", line("GET x/y HTTP/1.1"), 400, "bad_target"},
        {"other host in target", line("GET http://b/ HTTP/1.1"), 400, "bad_target"},
        {"prefix of host in target", line("GET http://ab/ HTTP/1.1"), 400, "bad_target"},
        {"user in target", line("GET http://x@a/ HTTP/1.1"), 400, "bad_target"},
        {"other scheme", line("GET ftp://a/ HTTP/1.1"), 400, "bad_target"},
        {"fragment", line("GET /a#b HTTP/1.1"), 400, "bad_target"},
        {"raw UTF-8", line("GET /caf\xc3\xa9 HTTP/1.1"), 400, "bad_target"},
        {"NUL", "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"s, 400, "bad_target"},
        {"cut escape", line("GET /a%2 HTTP/1.1"), 400, "bad_target"},
        {"bad escape", line("GET /a%zz HTTP/1.1"), 400, "bad_target"},
        {"escaped NUL", line("GET /a%00b HTTP/1.1"), 400, "bad_target"},
        {"escaped NUL in query", line("GET /?a=%00 HTTP/1.1"), 400, "bad_target"},
        {"bad escape in query", line("GET /?a=%g1 HTTP/1.1"), 400, "bad_target"},
        {"overlong UTF-8", line("GET /%C0%AF HTTP/1.1"), 400, "bad_target"},
        {"surrogate in query", line("GET /?a=%ED%A0%80 HTTP/1.1"), 400, "bad_target"},
    });
}

TEST(Gate, SizesAreBounded) {
    const std::string long_target = "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n";
    const std::string long_value = "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(9000, 'a') + "\r\n\r\n";
    std::string headers;
    for (int i = 0; i < 100; ++i) headers += "X: y\r\n";
    std::string pairs = "GET /?a";
    for (std::size_t i = 0; i < kQueryPairsMax; ++i) pairs += "&a";
    expect_all({
        {"target", long_target, 414, "target_too_long"},
        {"target without end", long_target.substr(0, 8300), 414, "target_too_long"},
        {"value", long_value, 431, "head_too_large"},
        {"value without end", long_value.substr(0, 8300), 431, "head_too_large"},
        {"101 headers", with_headers(headers), 431, "too_many_headers"},
        {"100 headers", with_headers(headers.substr(6)), 200, ""},
        {"parameters", pairs + " HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_target"},
    });
    const std::string frame = "GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n";
    const std::string exact = "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(8192 - frame.size(), 'a') + "\r\n\r\n";
    ASSERT_EQ(exact.size(), 8192U);
    EXPECT_EQ(judge(exact).code, "");
    EXPECT_EQ(judge("\r\n" + exact).code, "");
    std::string over = exact;
    over.insert(over.size() - 4, "a");
    EXPECT_EQ(judge(over).code, "head_too_large");
}

TEST(Gate, KeepingTheConnectionIsWhatVersionAndHeaderSay) {
    const auto keeps = [](const std::string& version, const std::string& header) {
        const auto head = pass("GET / HTTP/" + version + "\r\nHost: a\r\n" + header + "\r\n");
        return head && head->keep_alive;
    };
    EXPECT_TRUE(keeps("1.1", ""));
    EXPECT_TRUE(keeps("1.1", "Connection: keep-alive\r\n"));
    EXPECT_FALSE(keeps("1.1", "Connection: close\r\n"));
    EXPECT_FALSE(keeps("1.1", "Connection: CLOSE\r\n"));
    EXPECT_FALSE(keeps("1.1", "Connection: upgrade, close\r\n"));
    EXPECT_FALSE(keeps("1.1", "Connection: keep-alive\r\nConnection: close\r\n"));
    EXPECT_TRUE(keeps("1.1", "Connection: closed\r\n"));
    EXPECT_FALSE(keeps("1.0", ""));
    EXPECT_TRUE(keeps("1.0", "Connection: Keep-Alive\r\n"));
}

TEST(Gate, OnlyAGetWithBothHeadersAsksForAWebSocket) {
    const auto asks = [](const std::string& line, const std::string& headers) {
        const auto head = pass(with_headers(headers, line));
        return head && head->websocket;
    };
    EXPECT_TRUE(asks("GET / HTTP/1.1", "Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"));
    EXPECT_FALSE(asks("GET / HTTP/1.1", "Upgrade: websocket\r\n"));
    EXPECT_FALSE(asks("GET / HTTP/1.1", "Connection: Upgrade\r\nUpgrade: h2c\r\n"));
    EXPECT_FALSE(asks("POST / HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket\r\n"));
    EXPECT_FALSE(asks("GET / HTTP/1.0", "Connection: Upgrade\r\nUpgrade: websocket\r\n"));
}

// Whatever passed keeps what the front page promises about a request.
void check_promises(const Head& head) {
    const Request& request = head.request;
    RC_ASSERT(is_token(request.method));
    RC_ASSERT(!request.path.empty() && request.path.find('\0') == std::string::npos && is_utf8(request.path));
    int hosts = 0;
    for (const auto& [name, value] : request.headers) {
        RC_ASSERT(is_token(name) && is_field_value(value));
        for (const char c : name) RC_ASSERT(c == to_lower(c));
        if (name == "host") ++hosts;
    }
    RC_ASSERT(hosts == 1);
    RC_ASSERT(request.headers.size() <= Limits{}.headers_max && request.query.size() <= kQueryPairsMax);
    if (head.framing == Framing::Chunked) RC_ASSERT(!request.content_length && !head.http_1_0);
    if (head.framing == Framing::Length) RC_ASSERT(head.length > 0 && request.content_length == head.length);
}

RC_GTEST_PROP(Gate, RandomBytesNeverBreakIt, (const std::string& bytes)) {
    if (const auto head = pass(bytes)) check_promises(*head);
    if (const auto head = read_head(bytes, Limits{})) check_promises(*head);
}

// Valid heads with a few bytes changed come much closer to the edges than noise does.
RC_GTEST_PROP(Gate, DamagedHeadsNeverBreakIt, ()) {
    static const std::vector<std::string> kSeeds = {
        "POST /a/b%20c?x=1&y=%C3%A9 HTTP/1.1\r\nHost: a.test:80\r\nContent-Length: 12\r\nConnection: close\r\n\r\n",
        "GET http://a.test/x HTTP/1.1\r\nHost: a.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: [::1]:8080\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n",
    };
    static const std::string kPieces = std::string("\0\r\n\t :%/?#&=+\x7f\xff", 16) + "0aZ";
    std::string bytes = *rc::gen::elementOf(kSeeds);
    const int changes = *rc::gen::inRange(1, 6);
    for (int i = 0; i < changes; ++i) {
        const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
        const char piece = *rc::gen::elementOf(kPieces);
        switch (*rc::gen::inRange(0, 3)) {
        case 0: bytes[at] = piece; break;
        case 1: bytes.insert(at, 1, piece); break;
        default: bytes.erase(at, 1); break;
        }
    }
    if (const auto head = pass(bytes)) check_promises(*head);
    if (const auto head = read_head(bytes, Limits{})) check_promises(*head);
}

RC_GTEST_PROP(Gate, AHeadIsFoundAtTheSamePlaceHoweverItArrives, ()) {
    const std::string bytes = "GET /x HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\nrest";
    const auto first = *rc::gen::inRange<std::size_t>(0, bytes.size() + 1);
    const auto second = *rc::gen::inRange<std::size_t>(first, bytes.size() + 1);
    std::size_t searched = 0;
    for (const std::size_t size : {first, second, bytes.size()}) {
        const auto span = find_head(std::string_view(bytes).substr(0, size), searched, Limits{});
        RC_ASSERT(span.has_value());
        if (!*span) continue;
        RC_ASSERT((*span)->begin == 0U);
        RC_ASSERT((*span)->size == bytes.size() - 4);
        return;
    }
    RC_FAIL("never found");
}

} // namespace
} // namespace tributary::http
