// The words of the command line. What the commands do is in the files of their names.
#include "cli/cli.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

namespace tributary {
namespace {

using Run = std::function<int()>;

void add_data(CLI::App* command, std::string& data) {
    command->add_option("--data", data, "Directory of the embedded database")->envname("TRIBUTARY_DATA")->capture_default_str();
}

void add_secret_keys(CLI::App* command, std::string& file) {
    command->add_option("--secret-key-file", file, "File with the keys that seal secrets; without it TRIBUTARY_SECRET_KEY, or secret.key of the data directory")
        ->envname("TRIBUTARY_SECRET_KEY_FILE");
}

void add_place(CLI::App* command, std::string& tenant, std::string& workspace) {
    command->add_option("--tenant", tenant, "Tenant")->required();
    command->add_option("--workspace", workspace, "Workspace")->capture_default_str();
}

void add_serve(CLI::App& program, Run& run) {
    static ServeOptions options;
    auto* command = program.add_subcommand("serve", "Serve the API");
    add_data(command, options.data);
    command->add_option("--listen", options.listen, "HOST:PORT; port 0 takes any free one")->envname("TRIBUTARY_LISTEN")->capture_default_str();
    command->add_option("--threads", options.threads, "I/O threads; 0: one for each core")->envname("TRIBUTARY_THREADS");
    command->add_option("--log-level", options.log_level, "debug, info, warn, error or off")->envname("TRIBUTARY_LOG_LEVEL")->capture_default_str()
        ->check(CLI::IsMember({"debug", "info", "warn", "error", "off"}));
    command->add_flag("--trust-proxy", options.trust_proxy, "A proxy in front sets X-Forwarded-Proto and X-Forwarded-For; believe them")->envname("TRIBUTARY_TRUST_PROXY");
    command->add_option("--public-url", options.public_url, "Address of the server as CRMs and browsers call it, e.g. https://sales.example.com")->envname("TRIBUTARY_PUBLIC_URL");
    add_secret_keys(command, options.secret_key_file);
    command->add_option("--hubspot-url", options.hubspot_url, "HubSpot's API")->envname("TRIBUTARY_HUBSPOT_URL")->capture_default_str();
    command->add_option("--hubspot-version", options.hubspot_version, "Version of HubSpot's API: v3, or a date such as 2026-03")->envname("TRIBUTARY_HUBSPOT_VERSION")->capture_default_str();
    command->add_option("--hubspot-consent-url", options.hubspot_consent_url, "Where people allow the access; in Europe https://app-eu1.hubspot.com")->envname("TRIBUTARY_HUBSPOT_CONSENT_URL")->capture_default_str();
    command->add_option("--hubspot-client-id", options.hubspot_client_id, "Of the server's own app at HubSpot; without it accounts are connected by private apps only")->envname("TRIBUTARY_HUBSPOT_CLIENT_ID");
    command->add_option("--hubspot-client-secret-file", options.hubspot_client_secret_file, "File with the app's client secret; without it TRIBUTARY_HUBSPOT_CLIENT_SECRET")->envname("TRIBUTARY_HUBSPOT_CLIENT_SECRET_FILE");
    command->footer("Example:\n  tributary serve --data ./data --listen 127.0.0.1:8080");
    command->callback([&run] { run = [] { return serve(options); }; });
}

void add_keys(CLI::App& program, Run& run) {
    static KeyOptions options;
    auto* keys = program.add_subcommand("key", "Make, list and revoke API keys");
    keys->require_subcommand(1);
    auto* create = keys->add_subcommand("create", "Make a key and print it; it is shown this once. Makes tenant and workspace when new");
    add_data(create, options.data);
    add_place(create, options.tenant, options.workspace);
    create->add_option("--role", options.role, "admin, member, viewer, intake or form")->capture_default_str()
        ->check(CLI::IsMember({"admin", "member", "viewer", "intake", "form"}));
    create->add_option("--label", options.label, "What it is for");
    create->add_option("--origin", options.origins, "Form keys: an allowed origin, e.g. https://www.example.com; may be repeated");
    create->add_option("--rate", options.rate_per_minute, "Requests a minute; 0: the default of the role");
    create->add_flag("--only-workspace", options.only_workspace, "Limit the key to this workspace");
    create->footer("Example:\n  tributary key create --data ./data --tenant acme --workspace sales --role admin");
    create->callback([&run] { run = [] { return create_key(options); }; });
    auto* list = keys->add_subcommand("list", "List the keys of a tenant");
    add_data(list, options.data);
    list->add_option("--tenant", options.tenant, "Tenant")->required();
    list->footer("Example:\n  tributary key list --data ./data --tenant acme");
    list->callback([&run] { run = [] { return list_keys(options); }; });
    auto* revoke = keys->add_subcommand("revoke", "Revoke a key; a running server follows within a second");
    add_data(revoke, options.data);
    revoke->add_option("--tenant", options.tenant, "Tenant")->required();
    revoke->add_option("key_id", options.key_id, "The part of the key between trb_ and the next _")->required();
    revoke->footer("Example:\n  tributary key revoke --data ./data --tenant acme abcdefghijkmnpqr");
    revoke->callback([&run] { run = [] { return revoke_key(options); }; });
}

void add_people(CLI::App& program, Run& run) {
    static PersonOptions options;
    auto* people = program.add_subcommand("person", "Invite and list the people of a tenant");
    people->require_subcommand(1);
    auto* invite = people->add_subcommand("invite", "Print a link with which one person joins, once, within 7 days");
    add_data(invite, options.data);
    invite->add_option("--tenant", options.tenant, "Tenant; may be left out when there is only one");
    invite->add_option("--role", options.role, "admin, member or viewer")->capture_default_str()->check(CLI::IsMember({"admin", "member", "viewer"}));
    invite->add_option("--email", options.email, "Only this address may use the link");
    invite->add_option("--url", options.url, "Address of the server, as browsers see it")->envname("TRIBUTARY_URL")->capture_default_str();
    invite->footer("Example:\n  tributary person invite --data ./data --role admin --url https://sales.example.com");
    invite->callback([&run] { run = [] { return invite_person(options); }; });
    auto* list = people->add_subcommand("list", "List the people of a tenant");
    add_data(list, options.data);
    list->add_option("--tenant", options.tenant, "Tenant; may be left out when there is only one");
    list->footer("Example:\n  tributary person list --data ./data");
    list->callback([&run] { run = [] { return list_people(options); }; });
}

void add_tenants(CLI::App& program, Run& run) {
    static TenantOptions options;
    auto* tenants = program.add_subcommand("tenant", "Make and list tenants and workspaces");
    tenants->require_subcommand(1);
    auto* create = tenants->add_subcommand("create", "Make a tenant and a workspace; those that are there stay");
    add_data(create, options.data);
    add_place(create, options.tenant, options.workspace);
    create->footer("Example:\n  tributary tenant create --data ./data --tenant acme --workspace sales");
    create->callback([&run] { run = [] { return create_tenant(options); }; });
    auto* list = tenants->add_subcommand("list", "List tenants and their workspaces");
    add_data(list, options.data);
    list->footer("Example:\n  tributary tenant list --data ./data");
    list->callback([&run] { run = [] { return list_tenants(options); }; });
}

void add_import(CLI::App& program, Run& run) {
    static ImportOptions options;
    auto* command = program.add_subcommand("import", "Import a CSV file, through a server or straight into a data directory");
    command->add_option("file", options.file, "The CSV file")->required()->check(CLI::ExistingFile);
    command->add_option("--server", options.server, "http://HOST:PORT of a running server; without it the file goes into --data");
    command->add_option("--key", options.key, "API key for --server")->envname("TRIBUTARY_KEY");
    add_data(command, options.data);
    command->add_option("--tenant", options.tenant, "Tenant; needed without --server, and made when it is new");
    command->add_option("--workspace", options.workspace, "Workspace; left out: default, or with --server that of the key");
    command->add_option("--mapping", options.mapping, "Mapping as JSON, or @FILE that holds it");
    command->add_option("--option", options.options, "name=value of the import, e.g. date_order=dmy; may be repeated");
    command->footer(
        "Prints the answer of the upload. Exit code 0: the file was taken, though single rows may be rejected; 1: nothing of it\n"
        "was, or not all of it could be read.\n\n"
        "Examples:\n  tributary import deals.csv --server http://127.0.0.1:8080 --key trb_...\n"
        "  tributary import deals.csv --data ./data --tenant acme --workspace sales --mapping @mapping.json");
    command->callback([&run] { run = [] { return import_file(options); }; });
}

void add_export(CLI::App& program, Run& run) {
    static ExportOptions options;
    auto* command = program.add_subcommand("export", "Write all deals of a workspace as CSV or NDJSON");
    add_data(command, options.data);
    add_place(command, options.tenant, options.workspace);
    command->add_option("--format", options.format, "csv (safe to open in a spreadsheet) or ndjson (exact)")->capture_default_str()->check(CLI::IsMember({"csv", "ndjson"}));
    command->add_option("--out", options.out, "File; - is standard output")->capture_default_str();
    command->footer("Example:\n  tributary export --data ./data --tenant acme --workspace sales --format ndjson --out deals.ndjson");
    command->callback([&run] { run = [] { return export_deals(options); }; });
}

void add_connections(CLI::App& program, Run& run) {
    static ConnectionOptions options;
    auto* connections = program.add_subcommand("connection", "List the accounts of CRMs that are connected");
    connections->require_subcommand(1);
    auto* list = connections->add_subcommand("list", "List connections, disconnected ones too; no secret is shown");
    add_data(list, options.data);
    list->add_option("--tenant", options.tenant, "Tenant; left out: all");
    list->footer("Example:\n  tributary connection list --data ./data --tenant acme");
    list->callback([&run] { run = [] { return list_connections(options); }; });
}

void add_secrets(CLI::App& program, Run& run) {
    static SecretOptions options;
    auto* secrets = program.add_subcommand("secret", "Change the key that tokens in the database are sealed with");
    secrets->require_subcommand(1);
    auto* rotate = secrets->add_subcommand("rotate", "Put a new key first in the key file and seal every secret with it. Stop the server first");
    add_data(rotate, options.data);
    add_secret_keys(rotate, options.secret_key_file);
    rotate->add_flag("--forget-old", options.forget_old, "Take the old keys out of the file when nothing is sealed with them any more");
    rotate->footer("A rotation that was cut off is harmless: run it again.\n\nExample:\n  tributary secret rotate --data ./data --forget-old");
    rotate->callback([&run] { run = [] { return rotate_secrets(options); }; });
}

void add_doctor(CLI::App& program, Run& run) {
    static DoctorOptions options;
    auto* command = program.add_subcommand("doctor", "Check a data directory and say what is wrong");
    add_data(command, options.data);
    add_secret_keys(command, options.secret_key_file);
    command->add_flag("--thorough", options.thorough, "Read every page and compare every index");
    command->footer("Example:\n  tributary doctor --data ./data --thorough");
    command->callback([&run] { run = [] { return doctor(options); }; });
}

} // namespace

int run_command_line(int argc, char** argv) {
    CLI::App program("Tributary takes sales deals from wherever they appear and makes one clean deal of each.", "tributary");
    program.require_subcommand(1);
    Run run;
    add_serve(program, run);
    add_tenants(program, run);
    add_keys(program, run);
    add_people(program, run);
    add_import(program, run);
    add_export(program, run);
    add_connections(program, run);
    add_secrets(program, run);
    add_doctor(program, run);
    auto* version = program.add_subcommand("version", "Print the version");
    version->footer("Example:\n  tributary version");
    version->callback([&run] {
        run = [] {
            std::puts("tributary " TRIBUTARY_VERSION);
            return 0;
        };
    });
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return program.exit(error) == 0 ? 0 : 2;
    }
    try {
        return run();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "tributary: %s\n", error.what());
        return 1;
    }
}

} // namespace tributary
