// CSV upload: a file of deals, read as it arrives. Called only by all.cpp.
#include "sources/csv_upload.hpp"

#include "sources/media_type.hpp"
#include "sources/multipart.hpp"

namespace tributary {
namespace {

constexpr std::size_t kFileBytesMax = 1024 * 1024 * 1024; // a file of 1 GB and the form around it; read in constant memory

Result<std::unique_ptr<RowReader>> stream_csv(const Arrival& arrival, RowSink sink) {
    CsvOptions options;
    options.shelf = arrival.mappings;
    for (const auto& [name, value] : arrival.query) {
        if (name == "tenant_id" || name == "workspace_id") continue; // of the query: compared where the credential is known
        if (auto set = set_csv_option(options, name, value); !set) return std::unexpected(std::move(set.error()));
    }
    if (const auto* heard = dynamic_cast<const CsvHeard*>(arrival.heard)) options.decisions = heard->decisions();
    const std::string type = media_type(arrival.content_type);
    if (type == "multipart/form-data") {
        auto boundary = multipart_boundary(arrival.content_type);
        if (!boundary) return std::unexpected(std::move(boundary.error()));
        return read_csv_form(*boundary, std::move(options), std::move(sink));
    }
    const bool file = type == "text/csv" || type == "text/plain" || type == "text/tab-separated-values" || type == "application/csv" ||
                      type == "application/vnd.ms-excel" || type == "application/octet-stream" || type == "application/gzip" ||
                      type == "application/x-gzip" || type == "application/zip" ||
                      type == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    if (!file) {
        return refuse(
            Reason::UnsupportedType, "unsupported_content_type",
            "Send the file as multipart/form-data in the field \"file\", or as a text/csv body (or .xlsx, or either packed with gzip).");
    }
    return read_csv_body(arrival.content_type, std::move(options), std::move(sink));
}

} // namespace

SourceSpec csv_source() {
    return {.source = Source::Csv,
            .doors = {{.path = "/csv/upload", .kind = DoorKind::Many, .stream = stream_csv, .body_bytes_max = kFileBytesMax}}};
}

} // namespace tributary
