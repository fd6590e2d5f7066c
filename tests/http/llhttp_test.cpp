// The raw cases of llhttp (../shared/data/http-llhttp): used are all of request/*.md and url.md, and the heads and bodies of
// response/{transfer-encoding,content-length,invalid,sample}.md turned into requests by a request line. A Host is added
// where a request has none, because llhttp leaves it to its user and this gate does not.
//
// The rule: what llhttp refuses, we refuse. What llhttp reads, we read as the same requests, except the cases named in
// kStricter with the code they are refused with. Cases for llhttp's lenient flags are refused, except those in kTolerated.
#include "plain_exchange.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace tributary::http {
namespace {

namespace fs = std::filesystem;

struct LlhttpCase {
    std::string name; // file: title
    std::string type; // of its meta line
    std::string bytes;
    bool refused = false;              // by llhttp
    std::vector<std::string> complete; // "METHOD url body" of each message llhttp completed
};

fs::path data_folder() { return fs::path(TRIBUTARY_SOURCE_DIR) / ".." / "shared" / "data" / "http-llhttp"; }

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
    return text;
}

// The conventions of llhttp's own runner: the last newline goes, escaped newlines go, newlines are CR LF, escapes are bytes.
std::string raw_bytes(std::string text) {
    if (text.ends_with('\n')) text.pop_back();
    text = replaced(std::move(text), "\\\n", "");
    text = replaced(std::move(text), "\n", "\r\n");
    text = replaced(std::move(text), "\\r", "\r");
    text = replaced(std::move(text), "\\n", "\n");
    text = replaced(std::move(text), "\\t", "\t");
    text = replaced(std::move(text), "\\f", "\f");
    text = replaced(std::move(text), "\\xff", "\xff");
    return text;
}

// What a log line says was read: it stands in quotes, or is named when it is the end of a line.
std::string quoted_part(const std::string& line) {
    if (line.ends_with("=cr")) return "\r";
    if (line.ends_with("=lf")) return "\n";
    const std::size_t begin = line.find('"') + 1;
    return line.substr(begin, line.rfind('"') - begin);
}

void read_log(const std::string& log, LlhttpCase& one) {
    std::istringstream lines(log);
    std::string method;
    std::string url;
    std::string body;
    for (std::string line; std::getline(lines, line);) {
        if (line.find("message begin") != std::string::npos) method = url = body = "";
        if (line.find("span[method]") != std::string::npos) method += quoted_part(line);
        if (line.find("span[url]") != std::string::npos) url += quoted_part(line);
        if (line.find("span[body]") != std::string::npos) body += quoted_part(line);
        if (line.find("message complete") != std::string::npos) one.complete.push_back(method + " " + url + " " + body);
        // "Pause on CONNECT/Upgrade" and the like are no refusals.
        if (line.find(" error code=") != std::string::npos && line.find("Pause on") == std::string::npos) one.refused = true;
    }
}

std::vector<LlhttpCase> read_cases(const std::string& file) {
    std::ifstream in(data_folder() / file);
    std::vector<LlhttpCase> cases;
    std::string title;
    std::string type;
    std::string block;
    std::string fence;
    for (std::string line; std::getline(in, line);) {
        if (fence.empty() && line.starts_with("#")) title = line.substr(line.find_first_not_of("# "));
        if (const std::size_t at = line.find("\"type\""); fence.empty() && at != std::string::npos) {
            const std::size_t begin = line.find('"', line.find(':', at)) + 1;
            type = line.substr(begin, line.find('"', begin) - begin);
        }
        if (line.starts_with("```") && fence.empty()) {
            fence = line.substr(3);
            block.clear();
            continue;
        }
        if (!line.starts_with("```")) {
            if (!fence.empty()) block += line + "\n";
            continue;
        }
        if (fence == "http" || fence == "url") cases.push_back({file + ": " + title, type, raw_bytes(block), false, {}});
        if (fence == "log" && !cases.empty()) read_log(block, cases.back());
        fence.clear();
    }
    return cases;
}

// Puts a Host behind every request line whose head has none.
std::string with_host(const std::string& bytes) {
    std::string out;
    std::size_t at = 0;
    while (at < bytes.size()) {
        const std::size_t end = std::min(bytes.find("\r\n", at), bytes.size());
        const std::string line = bytes.substr(at, end - at);
        out += bytes.substr(at, end + 2 - at);
        at = std::min(end + 2, bytes.size());
        if (!line.ends_with(" HTTP/1.1") && !line.ends_with(" HTTP/1.0")) continue;
        std::string head = bytes.substr(at, bytes.find("\r\n\r\n", at) - at);
        std::ranges::transform(head, head.begin(), [](unsigned char c) { return std::tolower(c); });
        if (head.starts_with("host:") || head.find("\r\nhost:") != std::string::npos) continue;
        std::string host = "llhttp.test";
        if (const std::size_t scheme = line.find("://"); scheme != std::string::npos && line.find('?') > scheme)
            host = line.substr(scheme + 3, line.find_first_of("/? ", scheme + 3) - scheme - 3);
        out += "Host: " + host + "\r\n";
    }
    return out;
}

struct Outcome {
    std::vector<std::string> requests;
    std::string refused; // code of the gate
    bool closed = false;
};

Outcome outcome_of(const std::string& bytes) {
    Outcome outcome;
    RecordingRouter router;
    router.routes["*"] = RecordingRouter::buffered([&outcome](const Request& request) {
        outcome.requests.push_back(request.method + " " + request.target + " " + request.body);
        return Response{};
    });
    Station station = station_for(router);
    const auto exchange = std::make_shared<PlainExchange>(station);
    exchange->feed(bytes);
    if (!router.refused_so_far().empty()) outcome.refused = router.refused_so_far().front();
    outcome.closed = exchange->wants() == Exchange::Wants::Close;
    return outcome;
}

// Read by llhttp, refused here, and why.
const std::map<std::string, std::string> kStricter = {
    // One empty line may stand between two requests, not two.
    {"request/connection.md: CRLF between requests, implicit `keep-alive`", "bad_request_line"},
    // No proxy: CONNECT is not offered, and the authority form means nothing.
    {"request/method.md: CONNECT request", "method_not_implemented"},
    {"request/method.md: CONNECT request with CAPS", "method_not_implemented"},
    {"request/method.md: CONNECT with body", "method_not_implemented"},
    {"request/uri.md: Underscore in hostname", "method_not_implemented"},
    // `*` is a target for OPTIONS only.
    {"request/method.md: M-SEARCH request", "bad_target"},
    {"request/method.md: PRI request HTTP2", "bad_target"},
    // Other protocols, and HTTP/0.9.
    {"request/method.md: SOURCE request with ICE", "bad_request_line"},
    {"request/method.md: OPTIONS request with RTSP", "bad_request_line"},
    {"request/method.md: ANNOUNCE request with RTSP", "bad_request_line"},
    {"request/sample.md: No HTTP version", "bad_request_line"},
    // "0.0.0.0=5000" is no host, and neither is "user:password@host".
    {"request/sample.md: curl GET", "bad_host"},
    {"request/sample.md: Firefox GET", "bad_host"},
    {"request/uri.md: `host:port` and basic auth", "bad_host"},
    // A fragment is never sent.
    {"request/uri.md: Fragment in URI", "bad_target"},
};

// For lenient flags of llhttp, and yet read here: the connection closes after the first message, as it was asked to.
const std::set<std::string> kTolerated = {
    "request/connection.md: Resetting flags when keep-alive is off (1.0, lenient)",
    "request/connection.md: CRLF between requests, explicit `close` (lenient)",
};

bool data_is_here() { return fs::exists(data_folder()); }

// A HEAD request arrives as GET (http.hpp).
std::vector<std::string> as_seen_here(std::vector<std::string> messages) {
    for (std::string& message : messages)
        if (message.starts_with("HEAD ")) message.replace(0, 4, "GET");
    return messages;
}

void check(const LlhttpCase& one) {
    const Outcome ours = outcome_of(with_host(one.bytes));
    const std::vector<std::string> theirs = as_seen_here(one.complete);
    if (one.refused) {
        // Refused, or not read to its end: never taken for more than llhttp took it for.
        ASSERT_LE(ours.requests.size(), theirs.size()) << one.name;
        return;
    }
    if (const auto stricter = kStricter.find(one.name); stricter != kStricter.end()) {
        EXPECT_EQ(ours.refused, stricter->second) << one.name;
        EXPECT_TRUE(ours.closed) << one.name;
        return;
    }
    if (one.type.find("lenient") != std::string::npos && !kTolerated.contains(one.name)) {
        EXPECT_TRUE(ours.requests.size() < theirs.size() || theirs.empty()) << one.name;
        return;
    }
    EXPECT_EQ(ours.requests, theirs) << one.name;
    EXPECT_EQ(ours.refused, "") << one.name;
}

TEST(Llhttp, EveryRequestIsReadTheSameOrRefused) {
    if (!data_is_here()) GTEST_SKIP() << "../shared/data/http-llhttp is absent";
    std::set<std::string> names;
    std::size_t used = 0;
    for (const std::string file : {"connection", "finish", "lenient-header-value-relaxed", "lenient-headers", "lenient-version", "method",
                                   "pausing", "pipelining", "sample", "uri"}) {
        for (const LlhttpCase& one : read_cases("request/" + file + ".md")) {
            ++used;
            names.insert(one.name);
            check(one);
        }
    }
    EXPECT_EQ(used, 93U); // none was lost by the reader of these files
    for (const auto& [name, code] : kStricter) EXPECT_TRUE(names.contains(name)) << name;
    for (const std::string& name : kTolerated) EXPECT_TRUE(names.contains(name)) << name;
}

// A response's head and body with a request line instead of its status line: what becomes of each, case by case.
TEST(Llhttp, ChunkedAndMeasuredBodiesAreReadTheSameOrRefused) {
    if (!data_is_here()) GTEST_SKIP() << "../shared/data/http-llhttp is absent";
    const std::map<std::string, std::string> expected = {
        {"response/transfer-encoding.md: Trailing space on chunked body", "bad_chunk"},
        {"response/transfer-encoding.md: `chunked` before other transfer-encoding", "transfer_encoding_not_implemented"},
        {"response/transfer-encoding.md: multiple transfer-encoding where chunked is not the last one", "header_repeated"},
        {"response/transfer-encoding.md: `chunkedchunked` transfer-encoding does not enable chunked enconding",
         "transfer_encoding_not_implemented"},
        {"response/transfer-encoding.md: Chunk extensions", "POST / hello world"},
        {"response/transfer-encoding.md: No semicolon before chunk extensions", "bad_chunk"},
        {"response/transfer-encoding.md: No extension after semicolon", "bad_chunk"},
        {"response/transfer-encoding.md: Chunk extensions quoting", "bad_chunk"}, // 76 bytes of extensions; the bound is 64
        {"response/transfer-encoding.md: Unbalanced chunk extensions quoting", "bad_chunk"},
        {"response/transfer-encoding.md: Invalid OBS fold after chunked value", "header_folded"},
        {"response/content-length.md: Response without `Content-Length`, but with body", "POST / "}, // a request has none then
        {"response/content-length.md: Content-Length-X", "POST / OK"},
        {"response/content-length.md: Content-Length reset when no body is received", ""}, // 123 bytes never come
        {"response/content-length.md: Tabs in `Content-Length` (surrounding)", ""},        // 42 bytes never come
    };
    std::size_t used = 0;
    for (const std::string file : {"transfer-encoding", "content-length"}) {
        for (const LlhttpCase& one : read_cases("response/" + file + ".md")) {
            ++used;
            const Outcome ours = outcome_of(with_host(replaced(one.bytes, "HTTP/1.1 200 OK\r\n", "POST / HTTP/1.1\r\n")));
            ASSERT_TRUE(expected.contains(one.name)) << one.name;
            EXPECT_EQ(ours.requests.empty() ? ours.refused : ours.requests.front(), expected.at(one.name)) << one.name;
        }
    }
    EXPECT_EQ(used, expected.size());
}

TEST(Llhttp, BadUrlsAreRefused) {
    if (!data_is_here()) GTEST_SKIP() << "../shared/data/http-llhttp is absent";
    std::size_t used = 0;
    for (const LlhttpCase& one : read_cases("url.md")) {
        if (!one.refused) continue;
        ++used;
        const std::string target = one.bytes.substr(0, one.bytes.find("\r\n"));
        EXPECT_EQ(outcome_of("GET " + target + " HTTP/1.1\r\nHost: hostname:443\r\n\r\n").refused, "bad_target") << one.name;
    }
    EXPECT_EQ(used, 4U);
}

} // namespace
} // namespace tributary::http
