// See live.hpp.
#include "api/live.hpp"

#include "api/replies.hpp"
#include "deal/json.hpp"

namespace tributary {
namespace {

constexpr std::uint32_t kReplayPage = 1'000;
constexpr std::uint64_t kReplayRowsMax = 100'000; // a longer absence gets a resync marker: reading the lists anew is cheaper
constexpr int kCatchUpRounds = 50;                // while a watcher catches up, more may be written; so many rounds at most

// A hub's watcher over a socket.
class SocketWatcher final : public Watcher {
  public:
    explicit SocketWatcher(std::shared_ptr<http::LiveSocket> socket) : socket_(std::move(socket)) {}
    bool send(const std::shared_ptr<const std::string>& frame) override { return socket_->send(frame); }
    void expect_send() const override { socket_->expect_send(); }

  private:
    std::shared_ptr<http::LiveSocket> socket_;
};

// The socket's place in the hub. It may close before it is seated, on another thread.
class Seat {
  public:
    Seat(Hub& hub, const TenantScope& scope) : hub_(hub), tenant_(scope.tenant()), workspace_(scope.workspace()) {}
    void take(std::uint64_t watcher_id) {
        const std::lock_guard lock(mutex_);
        watcher_id_ = watcher_id;
        if (closed_) hub_.unwatch(tenant_, workspace_, watcher_id);
    }
    void leave() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        if (watcher_id_ != 0) hub_.unwatch(tenant_, workspace_, watcher_id_);
    }

  private:
    Hub& hub_;
    TenantNo tenant_;
    WorkspaceNo workspace_;
    std::mutex mutex_;
    std::uint64_t watcher_id_ = 0;
    bool closed_ = false;
};

std::string hello(const TenantScope& scope, std::uint64_t seq) {
    std::string out = R"({"type":"hello","tenant_id":)";
    append_json_string(out, scope.tenant_id());
    append_key(out, "workspace_id");
    append_json_string(out, scope.workspace_id());
    append_key(out, "seq");
    out += std::to_string(seq);
    out += '}';
    return out;
}

std::string resync(std::uint64_t seq, std::string_view reason) {
    std::string out = R"({"type":"resync","seq":)" + std::to_string(seq);
    append_key(out, "reason");
    append_json_string(out, reason);
    out += '}';
    return out;
}

std::string metrics_text(App& app, const TenantScope& scope) {
    std::string out;
    const auto ranks = app.ranks.of(scope);
    append_metrics(out, *ranks->published(), *ranks->settings(), std::nullopt, MetricsShape::OfWorkspace);
    return out;
}

// Tells the socket what was written after `since`, up to the journal's end, folded as the hub folds it. Answers the number it
// has been told up to, or nullopt when the socket is gone.
std::optional<std::uint64_t> replay(App& app, const TenantScope& scope, http::LiveSocket& socket, std::uint64_t since) {
    std::uint64_t last = 0;
    LiveDigest digest;
    app.store.read(scope, [&](LedgerReader& ledger) {
        last = ledger.last_seq();
        std::uint64_t after = since;
        for (std::uint64_t rows = 0; after < last && rows < kReplayRowsMax;) {
            const auto page = ledger.list_journal({.deal = {}, .unit = {}, .after = after, .descending = false, .limit = kReplayPage});
            for (const auto& entry : page) digest.add(entry);
            if (page.size() < kReplayPage) break;
            after = page.back().seq;
            rows += page.size();
        }
    });
    if (last <= since) return since;
    if (!digest.empty() && !socket.send(http::make_frame(digest.text(since + 1, last, metrics_text(app, scope))))) return std::nullopt;
    return last;
}

void catch_up_and_join(App& app, const TenantScope& scope, const std::shared_ptr<http::LiveSocket>& socket, Seat& seat,
                       std::optional<std::uint64_t> since) {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    app.store.read(scope, [&](LedgerReader& ledger) {
        first = ledger.first_seq();
        last = ledger.last_seq();
    });
    if (!socket->send(http::make_frame(hello(scope, last)))) return;
    std::uint64_t told = since.value_or(last);
    const bool too_old = told + 1 < first || last > told + kReplayRowsMax;
    if (told > last || too_old) {
        if (!socket->send(http::make_frame(resync(last, too_old ? "too_old" : "unknown_position")))) return;
        told = last;
    }
    const auto watcher = std::make_shared<SocketWatcher>(socket);
    for (int round = 0; round < kCatchUpRounds; ++round) {
        const auto reached = replay(app, scope, *socket, told);
        if (!reached) return;
        told = *reached;
        if (const auto id = app.hub.watch(scope.tenant(), scope.workspace(), watcher, told)) {
            return seat.take(*id);
        }
    }
    socket->close(1013, "cannot catch up; connect again");
}

} // namespace

Result<Watching> live_caller(App& app, const http::Request& head) {
    if (const auto ticket = head.param("ticket"); !ticket.empty()) {
        auto held = app.tickets.redeem(ticket);
        if (!held) return std::unexpected(std::move(held.error()));
        return Watching{held->principal, held->scope};
    }
    auto principal = app.credentials.authenticate(head);
    if (!principal) return std::unexpected(std::move(principal.error()));
    // No other page may open a socket with the cookie that a browser adds by itself: a handshake is a GET that any page can send.
    if (principal->is_person()) {
        if (auto ours = app.credentials.front().check_own_page(head); !ours) return std::unexpected(std::move(ours.error()));
    }
    if (!may(principal->key.role, Right::Read)) return refuse(Reason::Forbidden, "forbidden", "The role of this key may not watch.");
    auto scope = app.credentials.scope(*principal, head.param("tenant_id"), head.param("workspace_id"));
    if (!scope) return std::unexpected(std::move(scope.error()));
    return Watching{std::move(*principal), std::move(*scope)};
}

Result<void> open_live(App& app, const Watching& watching, const http::Request& request, std::shared_ptr<http::LiveSocket> socket) {
    std::optional<std::uint64_t> since;
    if (!request.param("since").empty()) {
        const auto number = number_param(request, "since", 0, 0, UINT64_MAX / 2);
        if (!number) return std::unexpected(number.error());
        since = *number;
    }
    const auto seat = std::make_shared<Seat>(app.hub, watching.scope);
    const std::string& key_id = watching.principal.key.key_id;
    const std::uint64_t session = app.sessions.add(key_id, socket);
    socket->on_closed = [&app, seat, key_id, session] {
        app.sessions.remove(key_id, session);
        seat->leave();
    };
    // Reading the journal may take milliseconds: not on the socket's thread.
    const bool taken = app.readers.submit([&app, scope = watching.scope, socket, seat, since] {
        try {
            catch_up_and_join(app, scope, socket, *seat, since);
        } catch (const StoreError& error) {
            log_event("error", "live_failed", error.what());
            socket->close(1011, "internal error");
        }
    });
    if (!taken) return refuse(Reason::Unavailable, "unavailable", "Too many watchers are joining; try again.");
    return {};
}

} // namespace tributary
