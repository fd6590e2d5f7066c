// import: a CSV file through the same door as an upload: over HTTP to a running server, or straight into a data directory.
#include "api/doors.hpp"
#include "api/gate.hpp"
#include "cli/cli.hpp"
#include "cli/runtime.hpp"
#include "http/http.hpp"
#include "sources/csv_options.hpp"

#include <algorithm>
#include <curl/curl.h>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace tributary {
namespace {

std::string mapping_text(const std::string& mapping) {
    if (!mapping.starts_with('@')) return mapping;
    std::ifstream file(mapping.substr(1), std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + mapping.substr(1));
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

http::Pairs query_of(const ImportOptions& options) {
    http::Pairs query;
    for (const std::string& option : options.options) {
        const std::size_t equals = option.find('=');
        if (equals == std::string::npos) throw std::runtime_error("--option is name=value");
        if (!is_csv_option(option.substr(0, equals)))
            throw std::runtime_error("there is no option " + option.substr(0, equals) + " of an import");
        query.emplace_back(option.substr(0, equals), option.substr(equals + 1));
    }
    if (!options.mapping.empty()) query.emplace_back("mapping", mapping_text(options.mapping));
    return query;
}

int report(int status, const std::string& body) {
    std::cout << body << '\n';
    return status < 300 ? 0 : 1;
}

std::size_t collect(char* bytes, std::size_t size, std::size_t count, void* into) {
    static_cast<std::string*>(into)->append(bytes, size * count);
    return size * count;
}

std::string upload_url(CURL* curl, const ImportOptions& options) {
    std::string url = options.server + "/api/sales/deals/csv/upload";
    char mark = '?';
    for (const auto& [name, value] : {std::pair{"tenant_id", &options.tenant}, std::pair{"workspace_id", &options.workspace}}) {
        if (value->empty()) continue;
        const std::unique_ptr<char, void (*)(void*)> escaped(curl_easy_escape(curl, value->data(), static_cast<int>(value->size())),
                                                             curl_free);
        url += mark + std::string(name) + "=" + escaped.get();
        mark = '&';
    }
    return url;
}

int through_server(const ImportOptions& options) {
    if (options.key.empty()) throw std::runtime_error("--server needs --key, or TRIBUTARY_KEY in the environment");
    const http::Pairs query = query_of(options);
    const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
    const std::unique_ptr<curl_mime, void (*)(curl_mime*)> form(curl_mime_init(curl.get()), curl_mime_free);
    for (const auto& [name, value] : query) { // options before the file, so that a long file can stream
        curl_mimepart* part = curl_mime_addpart(form.get());
        curl_mime_name(part, name.c_str());
        curl_mime_data(part, value.data(), value.size());
    }
    curl_mimepart* part = curl_mime_addpart(form.get());
    curl_mime_name(part, "file");
    if (curl_mime_filedata(part, options.file.c_str()) != CURLE_OK) throw std::runtime_error("cannot read " + options.file);
    const std::string url = upload_url(curl.get(), options);
    const std::string authorization = "Authorization: Bearer " + options.key;
    const std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(
        curl_slist_append(curl_slist_append(nullptr, authorization.c_str()), "Prefer: wait"), curl_slist_free_all);
    std::string body;
    curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_MIMEPOST, form.get());
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &body);
    const CURLcode done = curl_easy_perform(curl.get());
    if (done != CURLE_OK) throw std::runtime_error(std::string("the server cannot be reached: ") + curl_easy_strerror(done));
    long status = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    return report(static_cast<int>(status), body);
}

const Door& upload_door() {
    for (const SourceSpec& spec : all_sources()) {
        if (spec.source == Source::Csv) return spec.doors.front();
    }
    throw std::logic_error("there is no CSV source");
}

CallPtr offline_call(Runtime& runtime, const ImportOptions& options, http::Pairs query, std::string content_type) {
    const std::string workspace = options.workspace.empty() ? "default" : options.workspace;
    const auto row = runtime.store().registry().ensure_workspace(options.tenant, workspace, SystemClock().now_ms());
    http::Request request;
    request.method = "POST";
    request.path = "/api/sales/deals/csv/upload";
    request.query = std::move(query);
    request.headers = {{"content-type", std::move(content_type)}, {"prefer", "wait"}};
    request.request_id = "import";
    Principal operator_of_machine;
    operator_of_machine.key.key_id = "command-line";
    operator_of_machine.key.role = Role::Admin;
    operator_of_machine.key.tenant_id = row.tenant_id;
    return std::make_shared<Call>(Call{runtime.app(), std::move(request), std::move(operator_of_machine),
                                       ScopeMaker::make(row.tenant, row.no, row.tenant_id, row.workspace_id), "import", Source::Csv, {}});
}

// The form that a browser would send, so that the file's name is kept with it.
struct UploadForm {
    std::string content_type, head, tail;
};
UploadForm form_around(const std::string& file) {
    const std::string boundary = "tributary-" + new_id(SystemClock().now_ms()).text();
    std::string name = std::filesystem::path(file).filename().string();
    std::erase_if(name, [](unsigned char c) { return c == '"' || c == '\\' || c < ' '; });
    return {.content_type = "multipart/form-data; boundary=" + boundary,
            .head = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name + "\"\r\n\r\n",
            .tail = "\r\n--" + boundary + "--\r\n"};
}

// Gives the file to the door, piece by piece; false when the door wants no more. Throws when the file cannot be read.
bool pour(std::ifstream& file, const UploadForm& form, http::BodyTaker& taker, Gate& gate) {
    constexpr std::size_t kPieceBytes = 64 * 1024;
    const auto give = [&](std::string_view bytes) {
        if (!taker.write(bytes)) return false;
        while (taker.full()) gate.wait();
        return true;
    };
    if (!give(form.head)) return false;
    std::string piece(kPieceBytes, '\0');
    while (file.read(piece.data(), kPieceBytes), file.gcount() > 0) {
        if (!give(std::string_view(piece.data(), static_cast<std::size_t>(file.gcount())))) return false;
    }
    if (file.bad()) throw std::runtime_error("the file cannot be read to its end; what was read before is imported");
    return give(form.tail);
}

int into_directory(const ImportOptions& options) {
    // Everything that can be wrong with the words is looked at before anything is made.
    if (options.tenant.empty()) throw std::runtime_error("without --server, --tenant is needed");
    http::Pairs query = query_of(options);
    std::ifstream file(options.file, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + options.file);
    const UploadForm form = form_around(options.file);
    start_logging("error");
    Runtime runtime({.data = options.data, .readers = 1});
    const CallPtr call = offline_call(runtime, options, std::move(query), form.content_type);
    Gate gate;
    auto taker = enter_streaming(call, upload_door(), [&] { gate.open(); });
    if (!taker) return report(400, call->refuse(taker.error()).body);
    try {
        (void)pour(file, form, **taker, gate);
    } catch (...) {
        (*taker)->abandon();
        runtime.stop();
        throw;
    }
    http::Response answer;
    Gate answered;
    (*taker)->finish([&](http::Response response) {
        answer = std::move(response);
        answered.open();
    });
    answered.wait();
    runtime.stop();
    return report(answer.status, answer.body);
}

} // namespace

int import_file(const ImportOptions& options) { return options.server.empty() ? into_directory(options) : through_server(options); }

} // namespace tributary
