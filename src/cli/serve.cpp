// serve: opens the store, builds everything on it, opens the doors, waits for a signal, and closes in the reverse order.
#include "api/invitation.hpp"
#include "api/key_text.hpp"
#include "api/routes.hpp"
#include "cli/cli.hpp"
#include "cli/runtime.hpp"
#include "cli/secret_key.hpp"
#include "http/http.hpp"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <malloc.h>
#include <pthread.h>
#include <stdexcept>
#include <thread>

namespace tributary {
namespace {

http::ServerOptions server_options(const ServeOptions& options) {
    http::ServerOptions server;
    const std::size_t colon = options.listen.rfind(':');
    if (colon == std::string::npos) throw std::runtime_error("--listen is HOST:PORT");
    server.host = options.listen.substr(0, colon);
    if (server.host.starts_with('[') && server.host.ends_with(']')) server.host = server.host.substr(1, server.host.size() - 2);
    const std::string port = options.listen.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), server.port);
    if (error != std::errc{} || end != port.data() + port.size() || port.empty()) throw std::runtime_error("--listen is HOST:PORT");
    server.threads = options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
    return server;
}

// Signals are waited for, not handled: nothing runs in a handler.
sigset_t block_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    return signals;
}

// While nobody has joined, every start prints a link with which the first administrator does; links printed before end.
void invite_first_person(Store& store, const std::string& address) {
    if (!store.people().is_empty()) return;
    const auto workspace = store.registry().list_workspaces().front();
    Invitation invitation;
    invitation.tenant = workspace.tenant;
    invitation.tenant_id = workspace.tenant_id;
    invitation.role = Role::Admin;
    invitation.invited_by = kFirstRun;
    const auto token = invite(store, invitation, SystemClock().now_ms());
    if (!token) return;
    std::printf("open this link to make the first account (for 7 days, once): %s\n", invitation_link(address, *token).c_str());
}

// On the first start there is nobody yet: a tenant, a workspace and an administrator's key, shown this once.
void welcome(Store& store, const std::string& address) {
    if (!store.registry().list_workspaces().empty()) return;
    const std::int64_t now = SystemClock().now_ms();
    const auto workspace = store.registry().ensure_workspace("main", "default", now);
    ApiKey key;
    key.tenant = workspace.tenant;
    key.tenant_id = workspace.tenant_id;
    key.role = Role::Admin;
    key.label = "first key";
    key.created_at = now;
    const std::string text = mint_key(key);
    store.registry().put_key(key);
    std::printf("first admin key (shown this once): %s\n", text.c_str());
    std::printf("try it:\n  curl -s %s/api/sales/deals/manual -H 'Authorization: Bearer %s' -H 'Content-Type: application/json' "
                "-d '{\"name\":\"Enterprise License\",\"company\":\"Acme Corporation\",\"value\":120000,\"stage\":\"proposal\"}'\n",
                address.c_str(), text.c_str());
}

} // namespace

int serve(const ServeOptions& options) {
    const http::ServerOptions server_settings = server_options(options);
    const sigset_t signals = block_signals(); // before any thread, so that all inherit it
    // Free pieces join their neighbours as they are freed. Kept apart, all of them are gathered at every allocation above 1 KiB, and
    // each request makes some: 2 % of a lone deal.
    mallopt(M_MXFAST, 0);
    start_logging(options.log_level);
    CrmSettings crm;
    crm.public_url = options.public_url;
    crm.hubspot.api_url = options.hubspot_url;
    crm.hubspot.version = options.hubspot_version;
    crm.hubspot.authorise_url = options.hubspot_consent_url;
    crm.hubspot.client_id = options.hubspot_client_id;
    crm.hubspot.client_secret = told_secret(options.hubspot_client_secret_file, "TRIBUTARY_HUBSPOT_CLIENT_SECRET");
    Runtime runtime({.data = options.data, .readers = 2, .trusts_proxy = options.trust_proxy, .crm = std::move(crm), .connects = true, .secret_keys = told_secret_keys(options.secret_key_file)});
    const auto router = make_router(runtime.app());
    const auto server = http::serve(server_settings, *router);
    const std::string host = server_settings.host.find(':') == std::string::npos ? server_settings.host : "[" + server_settings.host + "]";
    const std::string address = "http://" + host + ":" + std::to_string(server->port());
    welcome(runtime.store(), address);
    invite_first_person(runtime.store(), address);
    std::printf("listening on %s\n", address.c_str());
    std::fflush(stdout);
    log_event("info", "started", address);

    int signal = 0;
    sigwait(&signals, &signal);
    log_event("info", "stopping", signal == SIGTERM ? "SIGTERM" : "SIGINT");
    runtime.begin_draining();
    server->stop();
    runtime.stop();
    log_event("info", "stopped", "");
    flush_logs();
    return 0;
}

} // namespace tributary
