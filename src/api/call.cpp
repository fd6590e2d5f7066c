// See call.hpp.
#include "api/call.hpp"

#include "api/paging.hpp"
#include "deal/json.hpp"
#include "sources/form_urlencoded.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <openssl/evp.h>

namespace tributary {
namespace {

constexpr std::int64_t kAnswerLifeMs = 24 * 3'600'000; // SPEC-NOTES 7

Refusal unavailable() {
    return {.reason = Reason::Unavailable, .code = "unavailable", .message = "The request could not be stored; try again.", .details = {}, .retry_after_s = 1};
}

using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype([](EVP_MD_CTX* context) { EVP_MD_CTX_free(context); })>;

DigestContext& spare_context() {
    static thread_local DigestContext spare;
    return spare;
}

} // namespace

std::string request_fingerprint(const http::Request& request) {
    Sha256 hash;
    for (const std::string_view part : {std::string_view(request.method), std::string_view(request.target), request.header("content-type")}) {
        hash.add(part);
        hash.add(std::string_view("\0", 1));
    }
    hash.add(request.body);
    return hash.hex();
}

std::string answer_scope(const Call& call) { return call.principal.account() + " " + call.request.method + " " + call.request.path; }

// What a hash needs lies ready in each thread: making it and looking the method up cost more than hashing a small body.
Sha256::Sha256() {
    static const EVP_MD* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    context_ = spare_context() != nullptr ? spare_context().release() : EVP_MD_CTX_new();
    EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(context_), kSha256, nullptr);
}
Sha256::~Sha256() { spare_context().reset(static_cast<EVP_MD_CTX*>(context_)); }
void Sha256::add(std::string_view bytes) { EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), bytes.data(), bytes.size()); }
std::string Sha256::hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(context_), digest.data(), &size);
    std::string out;
    out.reserve(size * 2);
    for (unsigned at = 0; at < size; ++at) {
        constexpr std::string_view kHex = "0123456789abcdef";
        out += kHex[digest[at] >> 4U];
        out += kHex[digest[at] & 15U];
    }
    return out;
}

Result<std::optional<std::string>> idempotency_key(const http::Request& request) {
    const std::string_view key = request.header("idempotency-key");
    if (key.empty() || request.method != "POST") return std::optional<std::string>();
    constexpr std::size_t kKeyBytesMax = 255;
    if (key.size() > kKeyBytesMax || !std::ranges::all_of(key, [](unsigned char c) { return c >= ' ' && c < 127; })) {
        return std::unexpected(field_refusal("Idempotency-Key", "invalid_idempotency_key", "An Idempotency-Key has 1 to 255 printable ASCII characters.", key));
    }
    return std::optional<std::string>(key);
}

std::optional<http::Response> earlier_answer(const Call& call, LedgerReader& ledger, std::string_view key, std::string_view fingerprint,
                                             std::int64_t now_ms) {
    const auto stored = ledger.find_answer(answer_scope(call), key, now_ms);
    if (!stored) return std::nullopt;
    if (stored->fingerprint != fingerprint) {
        return call.refuse({.reason = Reason::Unprocessable, .code = "idempotency_key_reused",
                            .message = "This Idempotency-Key was used for a different request.", .details = {}});
    }
    http::Response response;
    response.status = stored->status;
    response.content_type = stored->content_type;
    response.body = stored->body;
    response.headers.emplace_back("Idempotent-Replayed", "true");
    if (!stored->location.empty()) response.headers.emplace_back("Location", stored->location);
    return response;
}

void keep_answer(const Call& call, Ledger& ledger, std::string_view key, std::string_view fingerprint, const http::Response& response,
                 std::int64_t now_ms) {
    const auto location = std::ranges::find(response.headers, "Location", &std::pair<std::string, std::string>::first);
    ledger.put_answer({.scope = answer_scope(call), .key = std::string(key), .fingerprint = std::string(fingerprint), .status = response.status,
                       .content_type = response.content_type,
                       .location = location == response.headers.end() ? std::string() : location->second, .body = response.body, .expires_at = now_ms + kAnswerLifeMs});
}

namespace {

void read_call_on(Readers& readers, const CallPtr& call, const http::Reply& reply, std::function<http::Response(Call&, LedgerReader&)> work) {
    const auto run = [call, reply, work = std::move(work)] {
        http::Response response;
        try {
            call->app.store.read(call->scope, [&](LedgerReader& ledger) { response = work(*call, ledger); });
        } catch (const BadCursor&) {
            response = call->refuse(bad_cursor(call->request.param("cursor")));
        } catch (const std::exception& error) {
            log_event("error", "read_failed", error.what());
            response = call->refuse(unavailable());
        }
        reply(std::move(response));
    };
    if (!readers.submit(run)) reply(call->refuse(unavailable()));
}

} // namespace

void read_call(const CallPtr& call, http::Reply reply, std::function<http::Response(Call&, LedgerReader&)> work) {
    read_call_on(call->app.readers, call, reply, std::move(work));
}

void long_read_call(const CallPtr& call, http::Reply reply, std::function<http::Response(Call&, LedgerReader&)> work) {
    read_call_on(call->app.long_readers, call, reply, std::move(work));
}

void write_call(const CallPtr& call, http::Reply reply, std::function<http::Response(Turn&)> work, std::function<void()> committed) {
    auto key = idempotency_key(call->request);
    if (!key) return reply(call->refuse(key.error()));
    const std::string fingerprint = *key ? request_fingerprint(call->request) : std::string();
    const auto response = std::make_shared<http::Response>();
    const auto turn_work = [call, work = std::move(work), response, key = *key, fingerprint](Turn& turn) {
        if (key) {
            if (auto earlier = earlier_answer(*call, turn.ledger, *key, fingerprint, turn.now_ms)) {
                *response = std::move(*earlier);
                return;
            }
        }
        *response = work(turn);
        if (key && response->status < 500 && response->status != 429) keep_answer(*call, turn.ledger, *key, fingerprint, *response, turn.now_ms);
    };
    const auto done = [call, reply, response, committed = std::move(committed)](bool ok) {
        if (!ok) return reply(call->refuse(unavailable()));
        if (committed) committed();
        reply(std::move(*response));
    };
    if (!call->app.writer.submit(call->scope, Writer::Lane::Single, turn_work, done)) {
        reply(call->refuse({.reason = Reason::RateLimited, .code = "overloaded", .message = "Too many requests are waiting to be stored; try again.",
                            .details = {}, .retry_after_s = 1}));
    }
}

namespace {

// The value of a member that must be a string to mean anything; false when it disagrees with what was said before.
bool agree(std::string& said, const boost::json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    if (value == nullptr || value->is_null()) return true;
    const std::string text = scalar_text(*value);
    if (text.empty() || (!said.empty() && said != text)) return false;
    said = text;
    return true;
}

bool agree(AssertedIds& ids, const boost::json::object& object) {
    return agree(ids.tenant_id, object, "tenant_id") && agree(ids.workspace_id, object, "workspace_id");
}

bool agree(AssertedIds& ids, const boost::json::value& value) {
    if (const auto* array = value.if_array()) {
        return std::ranges::all_of(*array, [&](const auto& element) { return !element.is_object() || agree(ids, element.get_object()); });
    }
    const auto* object = value.if_object();
    if (object == nullptr) return true;
    if (!agree(ids, *object)) return false;
    for (const std::string_view list : {"deals", "records", "results", "deal"}) {
        const auto* inner = object->if_contains(list);
        if (inner != nullptr && !agree(ids, *inner)) return false;
    }
    return true;
}

} // namespace

Result<AssertedIds> asserted_ids(const http::Request& request) {
    AssertedIds ids;
    const auto conflict = [] {
        return refuse(Reason::Forbidden, "tenant_mismatch", "The request names more than one tenant or workspace.");
    };
    for (const auto& [name, value] : request.query) {
        std::string* said = name == "tenant_id" ? &ids.tenant_id : name == "workspace_id" ? &ids.workspace_id : nullptr;
        if (said == nullptr || value.empty()) continue;
        if (!said->empty() && *said != value) return conflict();
        *said = value;
    }
    // Parsed a second time only when a body speaks of them at all.
    const bool spoken = request.body.find("tenant_id") != std::string::npos || request.body.find("workspace_id") != std::string::npos;
    if (!spoken) return ids;
    if (request.header("content-type").starts_with("application/x-www-form-urlencoded")) {
        const auto fields = parse_form_urlencoded(request.body);
        if (!fields) return ids; // the door refuses it and says why
        for (const auto& [name, value] : *fields) {
            if (name == "tenant_id") ids.tenant_id = value;
            if (name == "workspace_id") ids.workspace_id = value;
        }
        return ids;
    }
    const auto body = parse_json(request.body);
    if (body && !agree(ids, *body)) return conflict();
    return ids;
}

} // namespace tributary
