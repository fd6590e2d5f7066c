// One authenticated request on its way through a route, and the three ways a route does its work: at once, on a reader, or
// through the writer (which is where Idempotency-Key is honoured).
#pragma once
#include "api/app.hpp"
#include "api/replies.hpp"
#include "http/http.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tributary {

struct Call {
    App& app;
    http::Request request;
    Principal principal;
    TenantScope scope;
    std::string_view route;                // its pattern, for the log
    Source source = Source::System;        // for errors, logs and metrics
    std::vector<std::string> segments;     // what {…} in the pattern stood for, in order
    Id connection = {};                    // of a CRM's account, when the request is one of its

    [[nodiscard]] http::Response refuse(const Refusal& refusal) const { return error_reply(refusal, source_key(source), request.request_id); }
};
using CallPtr = std::shared_ptr<Call>;

// Runs on a reader thread inside one read transaction of the call's scope.
void read_call(const CallPtr& call, http::Reply reply, std::function<http::Response(Call&, LedgerReader&)> work);
// The same for a pass over all deals of a workspace: one at a time, so that the other readers stay free for what is quick.
void long_read_call(const CallPtr& call, http::Reply reply, std::function<http::Response(Call&, LedgerReader&)> work);

// Runs in the writer's turn; the answer goes out after the commit. With an Idempotency-Key the first answer is stored in the
// same transaction and replayed for 24 h; the same key with another body is 422 (RELIABILITY rules 9-11).
// `work` may run more than once and must not keep what a failed run did. An answer of 400 and above must have written nothing.
void write_call(const CallPtr& call, http::Reply reply, std::function<http::Response(Turn&)> work, std::function<void()> committed = {});

// The Idempotency-Key of a request: absent, valid (1..255 printable ASCII) or refused.
[[nodiscard]] Result<std::optional<std::string>> idempotency_key(const http::Request& request);
// The stored answer of an earlier request with this key, or the refusal that it was another request; nullopt: go on.
[[nodiscard]] std::optional<http::Response> earlier_answer(const Call& call, LedgerReader& ledger, std::string_view key, std::string_view fingerprint,
                                                           std::int64_t now_ms);
void keep_answer(const Call& call, Ledger& ledger, std::string_view key, std::string_view fingerprint, const http::Response& response,
                 std::int64_t now_ms);
// What makes a request the same as an earlier one: method, target, content type and body.
[[nodiscard]] std::string request_fingerprint(const http::Request& request);
// Within which an Idempotency-Key means one request: the account (not the token), the method and the path.
[[nodiscard]] std::string answer_scope(const Call& call);
// SHA-256 in lower hex, piece by piece.
class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    void add(std::string_view bytes);
    [[nodiscard]] std::string hex(); // ends it

  private:
    void* context_;
};

// tenant_id and workspace_id as the query or a JSON body says them; both empty when neither does.
struct AssertedIds { std::string tenant_id, workspace_id; };
// Refuses when one body asserts two different ones. A body that is no JSON asserts nothing here.
[[nodiscard]] Result<AssertedIds> asserted_ids(const http::Request& request);

} // namespace tributary
