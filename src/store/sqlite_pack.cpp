// See sqlite_pack.hpp.
#include "store/sqlite_pack.hpp"

#include "store/store.hpp"

#include <zstd.h>

#include <memory>

namespace tributary::sqlite {
namespace {

constexpr std::size_t kPackedFrom = 1'024; // shorter bytes gain less than they cost: packing half a kilobyte takes seven microseconds
constexpr int kLevel = 1;
constexpr int kQuickLevel = -8; // about twice as fast, half as large again
constexpr std::int64_t kUnpackedMax = std::int64_t{1} << 30U; // what a piece may claim to be

struct FreeContext {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// Kept per thread: making one costs more than packing a short piece.
ZSTD_CCtx* packing() {
    thread_local const std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
    return context.get();
}

ZSTD_DCtx* unpacking() {
    thread_local const std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
    return context.get();
}

} // namespace

Packed pack(std::string_view bytes, bool quick) {
    if (bytes.size() >= kPackedFrom) {
        std::string out(ZSTD_compressBound(bytes.size()), '\0');
        const std::size_t size = ZSTD_compressCCtx(packing(), out.data(), out.size(), bytes.data(), bytes.size(), quick ? kQuickLevel : kLevel);
        if (ZSTD_isError(size) == 0 && size < bytes.size()) {
            out.resize(size);
            return {static_cast<std::int64_t>(bytes.size()), std::move(out)};
        }
    }
    return {0, std::string(bytes)};
}

std::string unpack(std::int64_t size, std::span<const std::uint8_t> bytes) {
    if (size == 0) return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    if (size < 0 || size > kUnpackedMax) throw StoreError("packed bytes claim an impossible size");
    std::string out(static_cast<std::size_t>(size), '\0');
    const std::size_t got = ZSTD_decompressDCtx(unpacking(), out.data(), out.size(), bytes.data(), bytes.size());
    if (ZSTD_isError(got) != 0 || got != out.size()) throw StoreError("packed bytes are damaged");
    return out;
}

void append_varint(std::string& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) out.push_back(static_cast<char>((value & 0x7FU) | 0x80U));
    out.push_back(static_cast<char>(value));
}

void append_counted(std::string& out, std::string_view text) {
    append_varint(out, text.size());
    out.append(text);
}

std::uint64_t PackReader::varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        const auto byte = static_cast<std::uint8_t>(take(1).front());
        value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
        if ((byte & 0x80U) == 0) return value;
    }
    throw StoreError("a packed number is too long");
}

std::string_view PackReader::take(std::uint64_t bytes) {
    if (bytes > rest_.size()) throw StoreError("packed rows end early");
    const std::string_view taken = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return taken;
}

} // namespace tributary::sqlite
