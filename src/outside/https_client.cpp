// libcurl behind the one way out. Each call borrows a handle: an easy handle with a multi handle of its own, because only the
// multi interface can be woken from another thread, and a stop must not wait for a peer that says nothing.
#include "outside/https_client.hpp"

#include "outside/public_address.hpp"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <exception>
#include <mutex>
#include <new>
#include <optional>
#include <span>
#include <stdexcept>
#include <utility>

namespace tributary::outside {
namespace {

constexpr int kPollMax_ms = 1000; // how long a wait may be at a time; a stop ends it at once

// Once for the process, before the first handle; libcurl asks for it.
void start_curl() {
    static const CURLcode kStarted = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (kStarted != CURLE_OK) throw std::runtime_error("libcurl does not start");
}

struct Easy {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct Multi {
    void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};
struct Slist {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct Url {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

// The multi handle holds the connections, so it outlives the easy one.
struct Handle {
    std::unique_ptr<CURLM, Multi> multi{curl_multi_init()};
    std::unique_ptr<CURL, Easy> easy{curl_easy_init()};
};

// What the callbacks of one call share.
struct Transfer {
    const HttpsSettings& settings;
    const HttpsCall& call;
    const BodySink* sink = nullptr;
    CURL* easy = nullptr;
    bool loopback_only = false; // an http call
    HttpsAnswer answer;
    std::size_t head_bytes = 0;
    std::size_t body_bytes = 0;
    std::optional<CallFailure> refused; // why a callback ended the call
    std::exception_ptr thrown;          // by the sink; carried past libcurl, which knows no exceptions

    bool refuse(FailureKind kind, std::string_view code) {
        if (!refused) refused = call_failure(kind, code, answer.status);
        return false;
    }

    bool take_head(std::string_view line) {
        head_bytes += line.size();
        if (head_bytes > HttpsClient::kHeadBytesMax) return refuse(FailureKind::Garbled, "head_too_large");
        while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
        if (line.starts_with("HTTP/")) { // of a further answer: after a 100, or a redirect
            answer.headers.clear();
            long status = 0;
            curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
            answer.status = static_cast<int>(status);
            return true;
        }
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) return true;
        std::string_view value = line.substr(colon + 1);
        while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
        while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
        answer.headers.push_back({std::string(line.substr(0, colon)), std::string(value)});
        return true;
    }

    bool take_body(std::string_view bytes) {
        body_bytes += bytes.size();
        if (body_bytes > call.body_bytes_max) return refuse(FailureKind::Garbled, "too_large");
        if (sink == nullptr) {
            answer.body.append(bytes);
            return true;
        }
        if (answer.status >= 200 && answer.status < 300) return (*sink)(bytes) || refuse(FailureKind::Cancelled, "sink_refused");
        answer.body.append(bytes.substr(0, HttpsClient::kUnsunkBytesMax - answer.body.size()));
        return true;
    }

    // Whether this address may be connected to, whatever name it was found under.
    bool admit(const sockaddr* to) {
        std::span<const std::uint8_t> bytes;
        std::uint16_t port = 0;
        if (to->sa_family == AF_INET) {
            const auto* v4 = reinterpret_cast<const sockaddr_in*>(to);
            bytes = {reinterpret_cast<const std::uint8_t*>(&v4->sin_addr), 4};
            port = ntohs(v4->sin_port);
        } else if (to->sa_family == AF_INET6) {
            const auto* v6 = reinterpret_cast<const sockaddr_in6*>(to);
            bytes = {reinterpret_cast<const std::uint8_t*>(&v6->sin6_addr), 16};
            port = ntohs(v6->sin6_port);
        }
        if (loopback_only && !is_loopback_address(bytes)) return refuse(FailureKind::Rejected, "not_https");
        if (settings.guard_private && !is_public_address(bytes)) return refuse(FailureKind::Rejected, "private_address");
        if (!settings.ports.empty() && std::ranges::find(settings.ports, port) == settings.ports.end())
            return refuse(FailureKind::Rejected, "port");
        return true;
    }
};

std::size_t on_head(char* bytes, std::size_t size, std::size_t count, void* data) {
    auto* transfer = static_cast<Transfer*>(data);
    try {
        if (transfer->take_head({bytes, size * count})) return size * count;
    } catch (...) {
        transfer->thrown = std::current_exception();
    }
    return CURL_WRITEFUNC_ERROR;
}

std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* data) {
    auto* transfer = static_cast<Transfer*>(data);
    try {
        if (transfer->take_body({bytes, size * count})) return size * count;
    } catch (...) {
        transfer->thrown = std::current_exception();
    }
    return CURL_WRITEFUNC_ERROR;
}

curl_socket_t on_socket(void* transfer, curlsocktype, curl_sockaddr* address) {
    if (!static_cast<Transfer*>(transfer)->admit(&address->addr)) return CURL_SOCKET_BAD;
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

bool has_control(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

// The headers of the call as curl takes them; nothing when one of them would split the head.
std::optional<std::unique_ptr<curl_slist, Slist>> header_list(const HttpsCall& call) {
    std::unique_ptr<curl_slist, Slist> list;
    const auto append = [&](const std::string& line) {
        curl_slist* longer = curl_slist_append(list.get(), line.c_str());
        if (longer == nullptr) throw std::bad_alloc();
        (void)list.release();
        list.reset(longer);
    };
    append("Expect:");                               // no waiting for a 100 before a large body
    if (!call.body.empty()) append("Content-Type:"); // never curl's guess; the caller's own line follows
    for (const HttpsHeader& header : call.headers) {
        if (header.name.empty() || has_control(header.name) || has_control(header.value) ||
            header.name.find_first_of(": ") != std::string::npos)
            return std::nullopt;
        append(header.value.empty() ? header.name + ";" : header.name + ": " + header.value);
    }
    return list;
}

// Allowed schemes only, nothing that would send a password in the address.
std::optional<CallFailure> check_url(const HttpsCall& call, bool& is_plain) {
    const std::unique_ptr<CURLU, Url> url(curl_url());
    const auto part = [&](CURLUPart which) {
        char* text = nullptr;
        if (curl_url_get(url.get(), which, &text, 0) != CURLUE_OK) return std::string();
        std::string copy(text);
        curl_free(text);
        return copy;
    };
    if (has_control(call.url) || curl_url_set(url.get(), CURLUPART_URL, call.url.c_str(), 0) != CURLUE_OK || part(CURLUPART_HOST).empty() ||
        !part(CURLUPART_USER).empty() || !part(CURLUPART_PASSWORD).empty())
        return call_failure(FailureKind::Rejected, "bad_url");
    const std::string scheme = part(CURLUPART_SCHEME);
    is_plain = scheme == "http";
    if (!is_plain && scheme != "https") return call_failure(FailureKind::Rejected, "not_https");
    return std::nullopt;
}

CallFailure failure_of(CURLcode code, CURL* easy, const Transfer& transfer) {
    if (transfer.refused) return *transfer.refused;
    const auto named = [&](FailureKind kind, std::string_view what) { return call_failure(kind, what, transfer.answer.status); };
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST: return named(FailureKind::Unreachable, "no_such_host");
    case CURLE_COULDNT_CONNECT: return named(FailureKind::Unreachable, "no_connection");
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR: return named(FailureKind::Unreachable, "certificate");
    case CURLE_SSL_CONNECT_ERROR: return named(FailureKind::Unreachable, "tls");
    case CURLE_OPERATION_TIMEDOUT: {
        curl_off_t ready_us = 0; // when the request could be sent; 0 before that
        curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &ready_us);
        return named(FailureKind::TimedOut, ready_us == 0 ? "connect" : "deadline");
    }
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT: return named(FailureKind::Rejected, "bad_url");
    case CURLE_TOO_MANY_REDIRECTS: return named(FailureKind::Rejected, "redirects");
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM: return named(FailureKind::Garbled, "bad_http");
    case CURLE_BAD_CONTENT_ENCODING: return named(FailureKind::Garbled, "bad_encoding");
    case CURLE_OUT_OF_MEMORY: throw std::bad_alloc();
    default: return named(FailureKind::Unreachable, "cut_off"); // half an answer, none, or a broken connection
    }
}

template <typename T>
void set(CURL* easy, CURLoption option, T value) {
    if (curl_easy_setopt(easy, option, value) != CURLE_OK) throw std::runtime_error("libcurl does not take an option");
}

void set_limits(CURL* easy, const HttpsCall& call) {
    set(easy, CURLOPT_NOSIGNAL, 1L);
    set(easy, CURLOPT_QUICK_EXIT, 1L); // a stop does not wait for a name that is being looked up
    set(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(call.deadline_ms, 1)));
    set(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(call.connect_ms, 1)));
    if (call.stall_ms > 0) {
        set(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
        set(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>((call.stall_ms + 999) / 1000));
    }
    if (call.redirects_max > 0) {
        set(easy, CURLOPT_FOLLOWLOCATION, 1L);
        set(easy, CURLOPT_MAXREDIRS, static_cast<long>(call.redirects_max));
    }
}

void set_request(CURL* easy, const HttpsCall& call) {
    if (call.method == "HEAD") {
        set(easy, CURLOPT_NOBODY, 1L);
        return;
    }
    if (!call.body.empty() || call.method == "POST") {
        set(easy, CURLOPT_POST, 1L);
        set(easy, CURLOPT_POSTFIELDS, call.body.c_str());
        set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
    }
    if (call.method != "POST" && (call.method != "GET" || !call.body.empty())) set(easy, CURLOPT_CUSTOMREQUEST, call.method.c_str());
}

void set_way(CURL* easy, Transfer& transfer) {
    const HttpsSettings& settings = transfer.settings;
    set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    set(easy, CURLOPT_REDIR_PROTOCOLS_STR, transfer.loopback_only || settings.plain_anywhere ? "http,https" : "https");
    set(easy, CURLOPT_PROXY, ""); // an environment variable is no setting, and a proxy would blind the guard
    set(easy, CURLOPT_HTTP_VERSION,
        static_cast<long>(CURL_HTTP_VERSION_1_1)); // one call at a time a connection: HTTP/2 would bring nothing
    set(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    if (!settings.authorities_file.empty()) set(easy, CURLOPT_CAINFO, settings.authorities_file.c_str());
    set(easy, CURLOPT_USERAGENT, settings.user_agent.c_str());
    set(easy, CURLOPT_HEADERFUNCTION, &on_head);
    set(easy, CURLOPT_HEADERDATA, static_cast<void*>(&transfer));
    set(easy, CURLOPT_WRITEFUNCTION, &on_body);
    set(easy, CURLOPT_WRITEDATA, static_cast<void*>(&transfer));
    set(easy, CURLOPT_OPENSOCKETFUNCTION, &on_socket);
    set(easy, CURLOPT_OPENSOCKETDATA, static_cast<void*>(&transfer));
}

// Runs the transfer until it is done; nothing when it was stopped.
std::optional<CURLcode> run(Handle& handle, const std::stop_token& stop) {
    CURLM* multi = handle.multi.get();
    if (curl_multi_add_handle(multi, handle.easy.get()) != CURLM_OK) throw std::runtime_error("libcurl does not take a call");
    std::optional<CURLcode> code;
    {
        const std::stop_callback wake(stop, [multi] { curl_multi_wakeup(multi); });
        for (int running = 1; !code && !stop.stop_requested();) { // ends by the deadline at the latest
            if (curl_multi_perform(multi, &running) != CURLM_OK) throw std::runtime_error("libcurl does not work on");
            int left = 0;
            while (const CURLMsg* message = curl_multi_info_read(multi, &left))
                if (message->msg == CURLMSG_DONE) code = message->data.result;
            if (!code && running > 0) curl_multi_poll(multi, nullptr, 0, kPollMax_ms, nullptr);
            if (!code && running == 0) code = CURLE_RECV_ERROR;
        }
    }
    curl_multi_remove_handle(multi, handle.easy.get());
    return code;
}

bool same_name(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

} // namespace

std::string_view HttpsAnswer::header(std::string_view name) const {
    const auto found = std::ranges::find_if(headers, [&](const HttpsHeader& header) { return same_name(header.name, name); });
    return found == headers.end() ? std::string_view() : std::string_view(found->value);
}

class HttpsClient::Wire {
  public:
    explicit Wire(HttpsSettings settings) : settings_(std::move(settings)) {
        start_curl();
        if (settings_.user_agent.empty()) settings_.user_agent = "Tributary/" TRIBUTARY_VERSION;
    }

    Called<HttpsAnswer> call(const HttpsCall& call, const BodySink* sink, const std::stop_token& stop) {
        if (stop.stop_requested()) return std::unexpected(call_failure(FailureKind::Cancelled, "stopped"));
        bool is_plain = false;
        if (auto refused = check_url(call, is_plain)) return std::unexpected(*std::move(refused));
        const auto headers = header_list(call);
        if (!headers) return std::unexpected(call_failure(FailureKind::Rejected, "bad_header"));

        std::unique_ptr<Handle> handle = borrow();
        CURL* easy = handle->easy.get();
        Transfer transfer{
            .settings = settings_, .call = call, .sink = sink, .easy = easy, .loopback_only = is_plain && !settings_.plain_anywhere};
        set(easy, CURLOPT_URL, call.url.c_str());
        set(easy, CURLOPT_HTTPHEADER, headers->get());
        set_limits(easy, call);
        set_request(easy, call);
        set_way(easy, transfer);
        const std::optional<CURLcode> code = run(*handle, stop);
        if (transfer.thrown) std::rethrow_exception(transfer.thrown);
        if (!code) return std::unexpected(call_failure(FailureKind::Cancelled, "stopped"));
        if (*code != CURLE_OK) return std::unexpected(failure_of(*code, easy, transfer));
        give_back(std::move(handle)); // only after a whole answer: nothing doubtful is used again
        return std::move(transfer.answer);
    }

  private:
    std::unique_ptr<Handle> borrow() {
        {
            const std::lock_guard lock(mutex_);
            if (!idle_.empty()) {
                std::unique_ptr<Handle> handle = std::move(idle_.back());
                idle_.pop_back();
                curl_easy_reset(handle->easy.get());
                return handle;
            }
        }
        auto handle = std::make_unique<Handle>();
        if (!handle->multi || !handle->easy) throw std::bad_alloc();
        return handle;
    }

    void give_back(std::unique_ptr<Handle> handle) {
        const std::lock_guard lock(mutex_);
        if (idle_.size() < kHandlesKeptMax) idle_.push_back(std::move(handle));
    }

    HttpsSettings settings_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<Handle>> idle_; // the last used is used first: its connection is the likeliest to be open still
};

HttpsClient::HttpsClient(HttpsSettings settings) : wire_(std::make_unique<Wire>(std::move(settings))) {}
HttpsClient::~HttpsClient() = default;

Called<HttpsAnswer> HttpsClient::send(const HttpsCall& call, const std::stop_token& stop) { return wire_->call(call, nullptr, stop); }

Called<HttpsAnswer> HttpsClient::stream(const HttpsCall& call, const BodySink& sink, const std::stop_token& stop) {
    return wire_->call(call, &sink, stop);
}

} // namespace tributary::outside
