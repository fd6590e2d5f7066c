// person: who may sign in. Works beside a running server, which reads invitations from the store.
#include "api/auth_answer.hpp"
#include "api/invitation.hpp"
#include "cli/cli.hpp"
#include "cli/data_directory.hpp"
#include "deal/clock.hpp"
#include "deal/date.hpp"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

namespace tributary {
namespace {

WorkspaceRow tenant_of(Store& store, const std::string& tenant) {
    const auto rows = store.registry().list_workspaces();
    const auto found = tenant.empty() ? rows.begin() : std::ranges::find(rows, tenant, &WorkspaceRow::tenant_id);
    if (found == rows.end())
        throw std::runtime_error(tenant.empty() ? "there is no tenant yet; start the server once" : "there is no such tenant");
    const bool only = std::ranges::all_of(rows, [&](const auto& row) { return row.tenant == found->tenant; });
    if (tenant.empty() && !only) throw std::runtime_error("there are several tenants; name one with --tenant");
    return *found;
}

} // namespace

int invite_person(const PersonOptions& options) {
    const auto store = open_existing_store(options.data);
    const auto tenant = tenant_of(*store, options.tenant);
    Invitation invitation;
    invitation.tenant = tenant.tenant;
    invitation.tenant_id = tenant.tenant_id;
    invitation.role = parse_role(options.role).value_or(Role::Viewer);
    invitation.email = lower_email(options.email);
    if (!invitation.email.empty() && !is_email(invitation.email)) throw std::runtime_error("--email is no e-mail address");
    invitation.invited_by = "command-line";
    const auto token = invite(*store, invitation, SystemClock().now_ms());
    if (!token) throw std::runtime_error("the tenant has too many open invitations");
    std::string origin = options.url;
    while (origin.ends_with('/')) origin.pop_back();
    std::puts(invitation_link(origin, *token).c_str());
    return 0;
}

int list_people(const PersonOptions& options) {
    const auto store = open_existing_store(options.data);
    for (const Person& person : store->people().list_people(tenant_of(*store, options.tenant).tenant)) {
        std::printf("%s  %-6s  %s%s  %s  %s\n", person.id.text().c_str(), std::string(role_key(person.role)).c_str(),
                    instant_text(person.created_at).c_str(), person.disabled_at != 0 ? "  disabled" : "", person.email.c_str(),
                    person.name.c_str());
    }
    return 0;
}

} // namespace tributary
