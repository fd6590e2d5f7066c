// See routes.hpp.
#include "api/routes.hpp"

#include "api/crm_hook.hpp"
#include "api/doors.hpp"
#include "api/live.hpp"
#include "api/public_pages.hpp"
#include "api/web_form_key.hpp"
#include "api/web_pages.hpp"

#include <algorithm>
#include <chrono>

namespace tributary {
namespace {

constexpr std::string_view kDealsBase = "/api/sales/deals";

std::vector<std::string_view> split(std::string_view path) {
    std::vector<std::string_view> parts;
    while (!path.empty()) {
        path.remove_prefix(1); // the slash
        const std::size_t slash = path.find('/');
        parts.push_back(path.substr(0, slash));
        path = slash == std::string_view::npos ? std::string_view() : path.substr(slash);
    }
    return parts;
}

// Whether the path is of the pattern; what {…} stood for goes into `segments`.
bool matches(std::string_view pattern, std::string_view path, std::vector<std::string>& segments) {
    const auto wanted = split(pattern);
    const auto given = split(path);
    if (wanted.size() != given.size()) return false;
    segments.clear();
    for (std::size_t at = 0; at < wanted.size(); ++at) {
        if (wanted[at].starts_with('{'))
            segments.emplace_back(given[at]);
        else if (wanted[at] != given[at])
            return false;
    }
    return true;
}

struct DoorRoute {
    std::string pattern;
    Source source = Source::System;
    const Door* door = nullptr;
};

class ApiRouter final : public http::Router {
  public:
    explicit ApiRouter(App& app) : app_(app) {
        for (auto* list :
             {&deal_routes, &deal_list_routes, &deal_change_routes, &history_routes, &lead_routes, &import_routes, &import_raw_routes,
              &connection_routes, &connection_map_routes, &import_change_routes, &import_release_routes, &import_replay_routes, &undo_routes, &mapping_routes,
              &workspace_routes, &source_routes, &precedence_routes, &key_routes, &session_routes, &people_routes}) {
            auto routes = (*list)();
            std::ranges::move(routes, std::back_inserter(routes_));
        }
        for (auto* list : {&session_open_routes, &invitation_open_routes}) {
            auto routes = (*list)();
            std::ranges::move(routes, std::back_inserter(open_routes_));
        }
        for (const SourceSpec& spec : all_sources()) {
            for (const Door& door : spec.doors) doors_.push_back({std::string(kDealsBase) + std::string(door.path), spec.source, &door});
        }
    }

    http::Admission admit(const http::Request& head) override {
        const auto started = std::chrono::steady_clock::now();
        if (auto page = public_page(app_, head)) return answered_at_once(head, std::move(*page), started);
        if (auto page = head.path.starts_with("/api/") ? std::nullopt : web_page(head))
            return answered_at_once(head, std::move(*page), started);
        if (head.path == "/api/sales/live") return admit_live(head, started);
        if (const auto open = std::ranges::find(open_routes_, head.path, &OpenRoute::pattern); open != open_routes_.end())
            return admit_open(head, *open, started);
        if (const DoorRoute* door = find_door(head.path)) return admit_door(head, *door, started);
        std::vector<std::string> segments;
        std::string allowed;
        const bool literal = std::ranges::find(routes_, head.path, &Route::pattern) != routes_.end(); // /deals/metrics is no {id}
        for (const Route& route : routes_) {
            if (literal ? route.pattern != head.path : !matches(route.pattern, head.path, segments)) continue;
            if (route.method == head.method || (route.method == "GET" && head.method == "HEAD"))
                return admit_route(head, route, std::move(segments), started);
            allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
        }
        if (auto page = allowed.empty() ? web_not_found(head) : std::nullopt) return answered_at_once(head, std::move(*page), started);
        return refuse_at_once(head, Source::System, allowed.empty() ? not_found("page") : wrong_method(), started, {}, allowed);
    }

    http::Response refuse(const Refusal& refusal, std::string_view request_id) override {
        return error_reply(refusal, "system", request_id);
    }

    void answered(const http::Request& /*head*/, int status, std::int64_t /*duration_us*/, std::size_t /*bytes_in*/,
                  std::size_t /*bytes_out*/) override {
        app_.observer.answered(status);
    }

  private:
    using Started = std::chrono::steady_clock::time_point;

    static Refusal wrong_method() {
        return {.reason = Reason::MethodNotAllowed,
                .code = "method_not_allowed",
                .message = "This page does not take that method.",
                .details = {}};
    }

    const DoorRoute* find_door(std::string_view path) const {
        const auto found = std::ranges::find(doors_, path, &DoorRoute::pattern);
        return found == doors_.end() ? nullptr : &*found;
    }

    static void log(const http::Request& head, const http::Response& response, Started started, std::string_view tenant, Source source,
                    std::string_view route) {
        const auto took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - started).count();
        log_request({.request_id = head.request_id,
                     .tenant_id = tenant,
                     .source = source_key(source),
                     .method = head.method,
                     .route = route,
                     .status = response.status,
                     .duration_us = took,
                     .bytes_in = head.content_length.value_or(0),
                     .bytes_out = response.body.size()});
    }

    http::Admission answered_at_once(const http::Request& head, http::Response response, Started /*started*/) const {
        (void)head; // probes and scrapes are not logged: they come every second and say nothing
        http::Admission admission;
        admission.refuse = std::move(response);
        return admission;
    }

    http::Admission refuse_at_once(const http::Request& head, Source source, const Refusal& refusal, Started started,
                                   std::string_view route, std::string_view allowed = {}) const {
        auto response = error_reply(refusal, source_key(source), head.request_id);
        if (!allowed.empty()) response.headers.emplace_back("Allow", allowed);
        if (source != Source::System) app_.observer.refused(source);
        log(head, response, started, {}, source, route.empty() ? "unknown" : route);
        http::Admission admission;
        admission.refuse = std::move(response);
        return admission;
    }

    // Logs the answer on its way out.
    http::Reply logged(const CallPtr& call, http::Reply reply, Started started) const {
        return [call, reply = std::move(reply), started](http::Response response) {
            log(call->request, response, started, call->principal.key.tenant_id, call->source, call->route);
            reply(std::move(response));
        };
    }

    // The ids of query and body must agree with the credential; a workspace chooses among the credential's.
    Result<CallPtr> make_call(http::Request request, Principal principal, std::string_view route, Source source) const {
        const auto said = asserted_ids(request);
        if (!said) return std::unexpected(said.error());
        auto scope = app_.credentials.scope(principal, said->tenant_id, said->workspace_id);
        if (!scope) return std::unexpected(std::move(scope.error()));
        return std::make_shared<Call>(Call{app_, std::move(request), std::move(principal), std::move(*scope), route, source, {}});
    }

    [[nodiscard]] Result<Principal> admit_caller(const http::Request& head, Right right) const {
        auto principal = app_.credentials.authenticate(head);
        if (!principal) return principal;
        if (!may(principal->key.role, right)) {
            return tributary::refuse(Reason::Forbidden, "forbidden", "The role of this credential may not do that.");
        }
        const auto limit =
            principal->key.rate_per_minute > 0 ? principal->key.rate_per_minute : RateLimits::default_per_minute(principal->key.role);
        if (auto token = app_.rates.take(principal->key.key_id, limit); !token) return std::unexpected(std::move(token.error()));
        return principal;
    }

    http::Admission admit_route(const http::Request& head, const Route& route, std::vector<std::string> segments, Started started) {
        auto principal = admit_caller(head, route.right);
        if (!principal) return refuse_at_once(head, Source::System, principal.error(), started, route.pattern);
        http::Admission admission;
        admission.body_bytes_max = route.body_bytes_max;
        admission.handle = [this, &route, started, principal = std::move(*principal), segments = std::move(segments)](http::Request request,
                                                                                                                      http::Reply reply) {
            const std::string request_id = request.request_id;
            auto call = make_call(std::move(request), principal, route.pattern, Source::System);
            if (!call) return reply(error_reply(call.error(), "system", request_id));
            (*call)->segments = segments;
            route.handle(*call, logged(*call, std::move(reply), started));
        };
        return admission;
    }

    http::Admission admit_open(const http::Request& head, const OpenRoute& route, Started started) {
        if (head.method != route.method && !(route.method == "GET" && head.method == "HEAD")) {
            return refuse_at_once(head, Source::System, wrong_method(), started, route.pattern, route.method);
        }
        http::Admission admission;
        admission.body_bytes_max = kOpenBodyBytesMax;
        admission.handle = [this, &route, started](const http::Request& request, http::Reply reply) {
            http::Request noted; // the body holds secrets, and is not kept for the log
            noted.request_id = request.request_id;
            noted.method = request.method;
            noted.content_length = request.content_length;
            route.handle(app_, request, [noted, &route, started, reply = std::move(reply)](http::Response response) {
                log(noted, response, started, {}, Source::System, route.pattern);
                reply(std::move(response));
            });
        };
        return admission;
    }

    http::Admission admit_door(const http::Request& head, const DoorRoute& door, Started started) {
        const bool form = door.source == Source::WebForm;
        if (form && head.method == "OPTIONS") return answered_at_once(head, preflight(head), started);
        if (head.method != "POST")
            return refuse_at_once(head, door.source, wrong_method(), started, door.pattern, form ? "POST, OPTIONS" : "POST");
        if (form && !head.header("authorization").starts_with("Bearer trb_")) return admit_form(head, door, started);
        if (is_signed_hook(head, door.source)) return admit_hook(door, started);
        auto principal = admit_caller(head, Right::Ingest);
        if (!principal) return refuse_at_once(head, door.source, principal.error(), started, door.pattern);
        if (head.content_length && *head.content_length > door.door->body_bytes_max) {
            const Refusal too_large{
                .reason = Reason::TooLarge, .code = "body_too_large", .message = "The body is larger than this door takes.", .details = {}};
            const auto scope = app_.credentials.scope(*principal, head.param("tenant_id"), head.param("workspace_id"));
            if (scope) app_.sources.refused(*scope, door.source, too_large, app_.clock.now_ms());
            return refuse_at_once(head, door.source, too_large, started, door.pattern);
        }
        if (door.door->stream) return admit_streaming(head, door, std::move(*principal), started);
        return admit_whole(door, std::move(*principal), started);
    }

    // Who calls is known when the whole body is there: it is what is signed.
    http::Admission admit_hook(const DoorRoute& door, Started started) {
        http::Admission admission;
        admission.body_bytes_max = door.door->body_bytes_max;
        admission.handle = [this, &door, started](http::Request request, http::Reply reply) {
            http::Request noted; // of the head, for the log
            noted.request_id = request.request_id;
            noted.method = request.method;
            noted.content_length = request.content_length;
            take_signed_hook(app_, std::move(request), door.pattern, *door.door, [noted, &door, started, reply = std::move(reply)](http::Response response) {
                log(noted, response, started, {}, door.source, door.pattern);
                reply(std::move(response));
            });
        };
        return admission;
    }

    http::Admission admit_whole(const DoorRoute& door, Principal principal, Started started) {
        http::Admission admission;
        admission.body_bytes_max = door.door->body_bytes_max;
        admission.handle = [this, &door, principal = std::move(principal), started](http::Request request, http::Reply reply) {
            const std::string request_id = request.request_id;
            auto call = make_call(std::move(request), principal, door.pattern, door.source);
            if (!call) return reply(error_reply(call.error(), source_key(door.source), request_id));
            enter(*call, *door.door, logged(*call, std::move(reply), started));
        };
        return admission;
    }

    // A form key may stand in the body, so the caller of a form is known only when the body is there.
    http::Admission admit_form(const http::Request& head, const DoorRoute& door, Started started) {
        (void)head;
        http::Admission admission;
        admission.body_bytes_max = door.door->body_bytes_max;
        admission.handle = [this, &door, started](http::Request request, http::Reply reply) {
            const std::string request_id = request.request_id;
            const std::string origin(request.header("origin"));
            auto with_origin = allow_origin(origin, std::move(reply));
            auto principal = form_caller(app_, request);
            if (!principal) return with_origin(error_reply(principal.error(), source_key(door.source), request_id));
            auto call = make_call(std::move(request), std::move(*principal), door.pattern, door.source);
            if (!call) return with_origin(error_reply(call.error(), source_key(door.source), request_id));
            enter(*call, *door.door, logged(*call, std::move(with_origin), started));
        };
        return admission;
    }

    http::Admission admit_streaming(const http::Request& head, const DoorRoute& door, Principal principal, Started started) {
        auto call = make_call(head, principal, door.pattern, door.source);
        if (!call) return refuse_at_once(head, door.source, call.error(), started, door.pattern);
        // Whether this arrival can be streamed is the reader's word; asking it costs nothing.
        auto wake = std::make_shared<std::function<void()>>();
        auto taker = enter_streaming(*call, *door.door, [wake] {
            if (*wake) (*wake)();
        });
        if (!taker) return refuse_at_once(head, door.source, taker.error(), started, door.pattern);
        if (!*taker) return admit_whole(door, std::move(principal), started);
        http::Admission admission;
        admission.body_bytes_max = door.door->body_bytes_max;
        admission.stream = [this, call = *call, taker = *taker, wake, started](http::Request, std::function<void()> resume) {
            *wake = std::move(resume);
            return std::make_shared<LoggedTaker>(
                taker, [this, call, started](http::Reply reply) { return logged(call, std::move(reply), started); });
        };
        return admission;
    }

    // A body taker whose answer is logged.
    class LoggedTaker final : public http::BodyTaker {
      public:
        using Wrap = std::function<http::Reply(http::Reply)>;
        LoggedTaker(std::shared_ptr<http::BodyTaker> inner, Wrap wrap) : inner_(std::move(inner)), wrap_(std::move(wrap)) {}
        bool write(std::string_view bytes) override { return inner_->write(bytes); }
        bool full() override { return inner_->full(); }
        void finish(http::Reply reply) override { inner_->finish(wrap_(std::move(reply))); }
        void abandon() override { inner_->abandon(); }

      private:
        std::shared_ptr<http::BodyTaker> inner_;
        Wrap wrap_;
    };

    http::Admission admit_live(const http::Request& head, Started started) {
        if (head.method != "GET") return refuse_at_once(head, Source::System, wrong_method(), started, "/api/sales/live", "GET");
        auto watching = live_caller(app_, head);
        if (!watching) return refuse_at_once(head, Source::System, watching.error(), started, "/api/sales/live");
        http::Admission admission;
        admission.live = [this, watching = std::move(*watching)](const http::Request& request, std::shared_ptr<http::LiveSocket> socket) {
            return open_live(app_, watching, request, std::move(socket));
        };
        return admission;
    }

    App& app_;
    std::vector<Route> routes_;
    std::vector<OpenRoute> open_routes_;
    std::vector<DoorRoute> doors_;
};

} // namespace

Handler reading(http::Response (*work)(Call&, LedgerReader&)) {
    return [work](const CallPtr& call, http::Reply reply) { read_call(call, std::move(reply), work); };
}

std::unique_ptr<http::Router> make_router(App& app) { return std::make_unique<ApiRouter>(app); }

} // namespace tributary
