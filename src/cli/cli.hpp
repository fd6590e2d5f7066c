// The command line: serve, tenant, key, person, import, export, doctor, connection, secret, version. Exit codes: 0 done, 1 it failed (a sentence on
// standard error says why), 2 the words of the command were wrong.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tributary {

[[nodiscard]] int run_command_line(int argc, char** argv);

struct ServeOptions {
    std::string data = "./data";
    std::string listen = "127.0.0.1:8080";
    std::string log_level = "info";
    unsigned threads = 0; // 0: one for each core
    bool trust_proxy = false;
    std::string public_url;      // as CRMs and browsers call it; empty: as each request does
    std::string secret_key_file; // empty: of the data directory
    std::string hubspot_url = "https://api.hubapi.com";
    std::string hubspot_version = "v3";
    std::string hubspot_consent_url = "https://app.hubspot.com";
    std::string hubspot_client_id;
    std::string hubspot_client_secret_file;
};
int serve(const ServeOptions& options);

struct KeyOptions {
    std::string data = "./data";
    std::string tenant;
    std::string workspace = "default";
    std::string role = "admin";
    std::string label;
    std::string key_id;               // revoke
    std::vector<std::string> origins; // form keys
    std::int32_t rate_per_minute = 0;
    bool only_workspace = false;      // limit the key to the workspace
};
int create_key(const KeyOptions& options); // prints only the key
int list_keys(const KeyOptions& options);
int revoke_key(const KeyOptions& options);

struct TenantOptions {
    std::string data = "./data";
    std::string tenant;
    std::string workspace = "default";
};
int create_tenant(const TenantOptions& options);
int list_tenants(const TenantOptions& options);

struct PersonOptions {
    std::string data = "./data";
    std::string tenant; // empty: the only one
    std::string role = "member";
    std::string email;  // invite: the only address that may use the link; empty: any
    std::string url = "http://127.0.0.1:8080"; // of the server, for the link
};
int invite_person(const PersonOptions& options); // prints only the link
int list_people(const PersonOptions& options);

struct ImportOptions {
    std::string file;
    std::string server;      // http://host:port; empty: into --data, without a server
    std::string key;         // with --server; or TRIBUTARY_KEY in the environment
    std::string data = "./data";
    std::string tenant;      // with --server they must agree with the key, and may be left out
    std::string workspace;   // empty: "default", or with --server the key's
    std::string mapping;     // JSON text or @file
    std::vector<std::string> options; // name=value of the import
};
int import_file(const ImportOptions& options);

struct ExportOptions {
    std::string data = "./data";
    std::string tenant;
    std::string workspace = "default";
    std::string format = "csv"; // csv | ndjson
    std::string out = "-";
};
int export_deals(const ExportOptions& options);

struct ConnectionOptions {
    std::string data = "./data";
    std::string tenant; // empty: all
};
int list_connections(const ConnectionOptions& options); // no secrets

struct SecretOptions {
    std::string data = "./data";
    std::string secret_key_file; // empty: of the data directory
    bool forget_old = false;
};
int rotate_secrets(const SecretOptions& options);

struct DoctorOptions {
    std::string data = "./data";
    std::string secret_key_file; // empty: of the data directory
    bool thorough = false;
};
int doctor(const DoctorOptions& options);

} // namespace tributary
