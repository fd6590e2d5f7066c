// See web_pages.hpp.
#include "api/web_pages.hpp"

#include "api/replies.hpp"
#include "api/web_pack.hpp"
#include "embedded/web_pack.hpp"

#include <algorithm>
#include <array>
#include <sodium.h>

namespace tributary {
namespace {

constexpr std::string_view kNonceMark = "{{nonce}}"; // vite.config.ts, html.cspNonce
constexpr std::size_t kNonceBytes = 16;
constexpr std::string_view kAppPage = "/index.html";
constexpr std::string_view kDocsPage = "/docs.html";
// The first parts of the app's addresses (web/src/router.tsx); what stands behind them is the app's.
constexpr std::array<std::string_view, 9> kAppPlaces = {"deals",    "board",   "leads", "imports", "add",
                                                        "settings", "sign-in", "join",  "welcome"};

const WebPack& pack() {
    static const WebPack kPack(embedded::web_pack());
    return kPack;
}

std::string fresh_nonce() {
    std::array<unsigned char, kNonceBytes> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    std::array<char, sodium_base64_ENCODED_LEN(kNonceBytes, sodium_base64_VARIANT_ORIGINAL)> text{};
    sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), sodium_base64_VARIANT_ORIGINAL);
    return text.data();
}

// Everything from here and nothing from elsewhere; scripts and styles only with the nonce or by their file.
std::string policy(const std::string& nonce) {
    return "default-src 'none'; script-src 'nonce-" + nonce + "' 'strict-dynamic'; style-src 'self' 'nonce-" + nonce +
           "'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
           "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
}

http::Response page(std::string_view name, int status) {
    const WebFile* file = pack().find(name);
    if (file == nullptr) throw std::runtime_error("the web app has no page " + std::string(name));
    const std::string nonce = fresh_nonce();
    http::Response response;
    response.status = status;
    response.content_type = file->type;
    std::string_view rest = file->plain;
    for (auto at = rest.find(kNonceMark); at != std::string_view::npos; at = rest.find(kNonceMark)) {
        response.body.append(rest.substr(0, at)).append(nonce);
        rest.remove_prefix(at + kNonceMark.size());
    }
    response.body += rest;
    response.headers = {{"Content-Security-Policy", policy(nonce)},
                        {"Cache-Control", "no-store"}, // a nonce is for one answer
                        {"X-Frame-Options", "DENY"},
                        {"Referrer-Policy", "same-origin"},
                        {"Cross-Origin-Opener-Policy", "same-origin"},
                        {"Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()"}};
    return response;
}

// Whether a comma-separated header names the word ("gzip, br;q=0.9"); one that is given quality 0 is not accepted.
bool accepts(std::string_view header, std::string_view word) {
    while (!header.empty()) {
        const std::size_t comma = header.find(',');
        std::string_view one = header.substr(0, comma);
        header = comma == std::string_view::npos ? std::string_view() : header.substr(comma + 1);
        while (one.starts_with(' ')) one.remove_prefix(1);
        const std::string_view name = one.substr(0, one.find_first_of("; "));
        const bool refused = one.ends_with("q=0") || one.ends_with("q=0.0");
        if (name == word) return !refused;
    }
    return false;
}

http::Response file_answer(const http::Request& head, const WebFile& file, bool hashed) {
    http::Response response;
    response.content_type = file.type;
    response.headers = {{"ETag", file.etag},
                        {"Cache-Control", hashed ? "public, max-age=31536000, immutable" : "public, max-age=3600"},
                        // The form script stands in other people's pages; nothing here is anybody's data.
                        {"Cross-Origin-Resource-Policy", head.path.starts_with("/embed/") ? "cross-origin" : "same-origin"},
                        {"Vary", "Accept-Encoding"}};
    if (head.header("if-none-match") == file.etag) {
        response.status = 304;
        return response;
    }
    const std::string_view encodings = head.header("accept-encoding");
    if (file.brotli && accepts(encodings, "br")) {
        response.headers.emplace_back("Content-Encoding", "br");
        response.body = *file.brotli;
    } else if (file.gzip && accepts(encodings, "gzip")) {
        response.headers.emplace_back("Content-Encoding", "gzip");
        response.body = *file.gzip;
    } else {
        response.body = file.plain;
    }
    return response;
}

bool is_app_place(std::string_view path) {
    if (path == "/") return true;
    const std::string_view first =
        path.substr(1, path.find('/', 1) == std::string_view::npos ? std::string_view::npos : path.find('/', 1) - 1);
    return std::ranges::find(kAppPlaces, first) != kAppPlaces.end();
}

bool is_reading(const http::Request& head) { return head.method == "GET" || head.method == "HEAD"; }

} // namespace

std::optional<http::Response> web_page(const http::Request& head) {
    const std::string_view path = head.path;
    const bool docs = path == "/docs" || path == "/docs/";
    const WebFile* file = path.ends_with(".html") ? nullptr : pack().find(path);
    if (!docs && file == nullptr && !is_app_place(path)) return std::nullopt;
    if (!is_reading(head)) {
        auto response = error_reply({.reason = Reason::MethodNotAllowed,
                                     .code = "method_not_allowed",
                                     .message = "This page does not take that method.",
                                     .details = {}},
                                    "system", head.request_id);
        response.headers.emplace_back("Allow", "GET");
        return response;
    }
    if (file != nullptr) return file_answer(head, *file, path.starts_with("/assets/"));
    return page(docs ? kDocsPage : kAppPage, 200);
}

std::optional<http::Response> web_not_found(const http::Request& head) {
    const bool person =
        is_reading(head) && !head.path.starts_with("/api/") && head.header("accept").find("text/html") != std::string_view::npos;
    if (!person) return std::nullopt;
    return page(kAppPage, 404);
}

} // namespace tributary
