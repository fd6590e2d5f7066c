#include "sources/xlsx_parts.hpp"

#include "sources/unpack_guard.hpp"

#include <zip.h>

#include <utility>

namespace tributary {
namespace {

constexpr zip_int64_t kPartsMax = 10'000;

} // namespace

struct XlsxPart::State {
    explicit State(zip_file_t* opened, std::uint64_t packed_size) : file(opened), packed(packed_size) {}
    ~State() { zip_fclose(file); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    zip_file_t* file;
    std::uint64_t packed;
    std::uint64_t unpacked = 0;
};

struct XlsxParts::State {
    explicit State(zip_t* opened) : archive(opened) {}
    ~State() { zip_discard(archive); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    zip_t* archive;
};

std::unexpected<Refusal> invalid_workbook(std::string message) { return refuse(Reason::Invalid, "invalid_workbook", std::move(message)); }

XlsxPart::XlsxPart(std::unique_ptr<State> state) : state_(std::move(state)) {}
XlsxPart::~XlsxPart() = default;
XlsxPart::XlsxPart(XlsxPart&&) noexcept = default;
XlsxPart& XlsxPart::operator=(XlsxPart&&) noexcept = default;

Result<void> XlsxPart::read(std::size_t bytes_max, std::string& out) {
    out.resize(bytes_max);
    const zip_int64_t size = zip_fread(state_->file, out.data(), bytes_max);
    if (size < 0) return invalid_workbook("The workbook is damaged.");
    out.resize(static_cast<std::size_t>(size));
    state_->unpacked += out.size();
    return check_unpacked(state_->packed, state_->unpacked);
}

XlsxParts::XlsxParts(std::unique_ptr<State> state) : state_(std::move(state)) {}
XlsxParts::~XlsxParts() = default;
XlsxParts::XlsxParts(XlsxParts&&) noexcept = default;
XlsxParts& XlsxParts::operator=(XlsxParts&&) noexcept = default;

Result<XlsxParts> XlsxParts::open(std::string_view bytes) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
    zip_t* archive = source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY, &error);
    if (archive == nullptr && source != nullptr) zip_source_free(source);
    zip_error_fini(&error);
    if (archive == nullptr) return invalid_workbook("The file begins like a workbook, and is damaged or not whole.");
    XlsxParts parts(std::make_unique<State>(archive));
    if (zip_get_num_entries(archive, 0) > kPartsMax) return invalid_workbook("The workbook has more than 10,000 parts.");
    return parts;
}

bool XlsxParts::has(const std::string& name) const { return zip_name_locate(state_->archive, name.c_str(), ZIP_FL_NOCASE) >= 0; }

Result<XlsxPart> XlsxParts::part(const std::string& name) const {
    const zip_int64_t index = zip_name_locate(state_->archive, name.c_str(), ZIP_FL_NOCASE);
    if (index < 0) return invalid_workbook("The workbook has no part " + name + ".");
    zip_stat_t about;
    zip_stat_init(&about);
    if (zip_stat_index(state_->archive, static_cast<zip_uint64_t>(index), 0, &about) != 0 || (about.valid & ZIP_STAT_COMP_SIZE) == 0)
        return invalid_workbook("The workbook is damaged.");
    zip_file_t* file = zip_fopen_index(state_->archive, static_cast<zip_uint64_t>(index), 0);
    if (file == nullptr) return invalid_workbook("The workbook is damaged, or needs a password.");
    return XlsxPart(std::make_unique<XlsxPart::State>(file, about.comp_size));
}

} // namespace tributary
