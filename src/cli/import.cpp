// import: a CSV file through the same door as an upload: over HTTP to a running server, or straight into a data directory.
#include "api/doors.hpp"
#include "cli/cli.hpp"
#include "cli/runtime.hpp"
#include "http/http.hpp"

#include <algorithm>
#include <condition_variable>
#include <curl/curl.h>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <stdexcept>

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

int through_server(const ImportOptions& options) {
    if (options.key.empty()) throw std::runtime_error("--server needs --key, or TRIBUTARY_KEY in the environment");
    const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
    const std::unique_ptr<curl_mime, void (*)(curl_mime*)> form(curl_mime_init(curl.get()), curl_mime_free);
    for (const auto& [name, value] : query_of(options)) { // options before the file, so that a long file can stream
        curl_mimepart* part = curl_mime_addpart(form.get());
        curl_mime_name(part, name.c_str());
        curl_mime_data(part, value.data(), value.size());
    }
    curl_mimepart* part = curl_mime_addpart(form.get());
    curl_mime_name(part, "file");
    if (curl_mime_filedata(part, options.file.c_str()) != CURLE_OK) throw std::runtime_error("cannot read " + options.file);
    const std::string url = options.server + "/api/sales/deals/csv/upload";
    const std::string authorization = "Authorization: Bearer " + options.key;
    const std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(curl_slist_append(nullptr, authorization.c_str()), curl_slist_free_all);
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

// The pause between a full import and its resume, for a thread that reads a file instead of a socket.
class Gate {
  public:
    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        wake_.notify_all();
    }
    void wait() {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return open_; });
        open_ = false;
    }

  private:
    std::mutex mutex_;
    std::condition_variable wake_;
    bool open_ = false;
};

const Door& upload_door() {
    for (const SourceSpec& spec : all_sources()) {
        if (spec.source == Source::Csv) return spec.doors.front();
    }
    throw std::logic_error("there is no CSV source");
}

CallPtr offline_call(Runtime& runtime, const ImportOptions& options) {
    if (options.tenant.empty()) throw std::runtime_error("without --server, --tenant is needed");
    const auto row = runtime.store().registry().ensure_workspace(options.tenant, options.workspace, SystemClock().now_ms());
    http::Request request;
    request.method = "POST";
    request.path = "/api/sales/deals/csv/upload";
    request.query = query_of(options);
    request.headers = {{"content-type", "text/csv"}};
    request.request_id = "import";
    Principal operator_of_machine;
    operator_of_machine.key.key_id = "command-line";
    operator_of_machine.key.role = Role::Admin;
    operator_of_machine.key.tenant_id = row.tenant_id;
    return std::make_shared<Call>(Call{runtime.app(), std::move(request), std::move(operator_of_machine),
                                       ScopeMaker::make(row.tenant, row.no, row.tenant_id, row.workspace_id), "import", Source::Csv, {}});
}

int into_directory(const ImportOptions& options) {
    start_logging("error");
    Runtime runtime({.data = options.data, .readers = 1});
    const CallPtr call = offline_call(runtime, options);
    Gate gate;
    auto taker = enter_streaming(call, upload_door(), [&] { gate.open(); });
    if (!taker) return report(400, call->refuse(taker.error()).body);
    std::ifstream file(options.file, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + options.file);
    constexpr std::size_t kPieceBytes = 64 * 1024;
    std::string piece(kPieceBytes, '\0');
    while (file.read(piece.data(), kPieceBytes), file.gcount() > 0) {
        if (!(*taker)->write(std::string_view(piece.data(), static_cast<std::size_t>(file.gcount())))) break;
        while ((*taker)->full()) gate.wait();
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
