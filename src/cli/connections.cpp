// connection and secret: which accounts of CRMs there are, and the key that their secrets are sealed with. No secret is printed.
#include "cli/cli.hpp"
#include "cli/data_directory.hpp"
#include "cli/runtime.hpp"
#include "cli/secret_key.hpp"
#include "crm/sealing.hpp"
#include "deal/date.hpp"

#include <cstdio>
#include <stdexcept>

namespace tributary {
namespace {

void print_connection(const CrmConnection& row) {
    std::printf("%s  %-10s  %-18s  %-12s  %-11s  %s  %s/%s  %s%s%s\n", row.id.text().c_str(), std::string(source_key(row.system)).c_str(),
                row.account.c_str(), std::string(connection_state_key(row.state)).c_str(), row.auth.c_str(),
                instant_text(row.created_at).c_str(), row.tenant_id.c_str(), row.workspace_id.c_str(), row.name.c_str(),
                row.reason.empty() ? "" : "  ", row.reason.c_str());
}

Secret with_newline(std::string key) {
    key += '\n';
    return Secret(std::move(key));
}

// The new key before those that are there.
Secret before_others(const Secret& key, const Secret& others) {
    std::string text;
    text.reserve(key.reveal().size() + others.reveal().size()); // nothing is left behind by growing
    text.append(key.reveal()).append(others.reveal());
    return Secret(std::move(text));
}

Vault vault_with(const Secret& keys) {
    auto ring = KeyRing::parse(keys.reveal());
    if (!ring) throw std::runtime_error(ring.error().message);
    return Vault(std::move(*ring));
}

int tell(const SealSurvey& survey, const char* with) {
    std::printf("%zu secrets are sealed with %s\n", survey.open - survey.older, with);
    for (const SealedCell& cell : survey.closed)
        std::printf("  %s of connection %s opens with no key and was left as it is\n", std::string(cell.column).c_str(),
                    cell.connection.text().c_str());
    return survey.closed.empty() && survey.older == 0 ? 0 : 1;
}

// Keys that the environment tells are changed there; here the secrets follow.
int follow_environment(Store& store, const Secret& told, bool forget_old) {
    if (forget_old)
        throw std::runtime_error("the keys are in TRIBUTARY_SECRET_KEY; take the old ones out of it when this command has ended with 0");
    return tell(seal_anew(store.connections(), vault_with(told)), "the first key of TRIBUTARY_SECRET_KEY");
}

} // namespace

int list_connections(const ConnectionOptions& options) {
    const auto store = open_existing_store(options.data);
    bool known = options.tenant.empty();
    for (const WorkspaceRow& workspace : store->registry().list_workspaces()) {
        if (!options.tenant.empty() && workspace.tenant_id != options.tenant) continue;
        known = true;
        for (const CrmConnection& row : store->connections().list(workspace.no)) print_connection(row);
    }
    if (!known) throw std::runtime_error("there is no such tenant");
    return 0;
}

// Every step leaves each secret with its key in the file: the new key is durable before anything is sealed with it, and the old ones go
// when nothing needs them.
int rotate_secrets(const SecretOptions& options) {
    const auto store = open_existing_store(options.data);
    const DataLock lock(options.data); // a server would go on sealing with the old key
    const Secret told = told_secret_keys(options.secret_key_file);
    if (options.secret_key_file.empty() && !told.is_empty()) return follow_environment(*store, told, options.forget_old);
    const std::string path = options.secret_key_file.empty() ? data_key_file(options.data) : options.secret_key_file;
    (void)key_ring(options.data, told, !holds_secrets(store->connections())); // those of now are good, or nothing is done
    const Secret key = with_newline(KeyRing::new_key());
    const Secret keys = before_others(key, read_key_file(path));
    const Vault vault = vault_with(keys); // throws when there are too many
    write_key_file(path, keys);
    const int code = tell(seal_anew(store->connections(), vault), ("the new key of " + path).c_str());
    if (code == 0 && options.forget_old) write_key_file(path, key);
    if (code == 0)
        std::puts(options.forget_old ? "the old keys are forgotten; an older backup opens with an older copy of the file"
                                     : "the old keys stay in the file");
    return code;
}

} // namespace tributary
