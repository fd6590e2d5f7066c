#include "sources/gunzip.hpp"

#include "sources/unpack_guard.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace tributary {
namespace {

std::unexpected<Refusal> invalid_gzip(std::string message) { return refuse(Reason::Invalid, "invalid_gzip", std::move(message)); }

} // namespace

struct Gunzip::State {
    State() {
        constexpr int kGzipWindow = 15 + 16; // zlib: the largest window, and gzip alone
        if (inflateInit2(&stream, kGzipWindow) != Z_OK) throw std::runtime_error("zlib cannot start");
    }
    ~State() { inflateEnd(&stream); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    z_stream stream{};
};

bool is_gzip(std::string_view head) { return head.starts_with("\x1F\x8B"); }

Gunzip::Gunzip() : state_(std::make_unique<State>()) {}
Gunzip::~Gunzip() = default;

Result<void> Gunzip::unpack(std::string_view& packed, std::size_t bytes_max, std::string& out) {
    z_stream& stream = state_->stream;
    const std::size_t begin = out.size();
    out.resize(begin + bytes_max);
    std::size_t filled = 0;
    int status = Z_OK;
    while (!packed.empty() && filled < bytes_max && status == Z_OK) {
        const auto offered = static_cast<uInt>(std::min<std::size_t>(packed.size(), std::numeric_limits<uInt>::max()));
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data())); // zlib's signature; it does not write there
        stream.avail_in = offered;
        stream.next_out = reinterpret_cast<Bytef*>(out.data() + begin + filled);
        stream.avail_out = static_cast<uInt>(bytes_max - filled);
        status = inflate(&stream, Z_NO_FLUSH);
        packed.remove_prefix(offered - stream.avail_in);
        packed_ += offered - stream.avail_in;
        filled = bytes_max - stream.avail_out;
        between_members_ = status == Z_STREAM_END;
        if (status == Z_STREAM_END) status = inflateReset(&stream);
    }
    out.resize(begin + filled);
    unpacked_ += filled;
    if (status != Z_OK && status != Z_BUF_ERROR) return invalid_gzip("The gzip file is damaged.");
    return check_unpacked(packed_, unpacked_);
}

Result<void> Gunzip::finish() const {
    if (!between_members_) return invalid_gzip("The gzip file ends before it is whole.");
    return {};
}

} // namespace tributary
