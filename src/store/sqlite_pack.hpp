// Packing of raw bytes and row outcomes: zstd, and integers as varints. Private to the store's room.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tributary::sqlite {

// Bytes ready to be stored: `size` is their length before compression, 0 when they are stored as they are.
struct Packed {
    std::int64_t size = 0;
    std::string bytes;
};
// Short or incompressible bytes stay as they are.
[[nodiscard]] Packed pack(std::string_view bytes, bool quick = false); // quick: for what is bulky and short-lived
// Throws StoreError for bytes that pack did not make.
[[nodiscard]] std::string unpack(std::int64_t size, std::span<const std::uint8_t> bytes);

void append_varint(std::string& out, std::uint64_t value);
void append_counted(std::string& out, std::string_view text); // length, then the bytes

// Reads what the two above wrote; throws StoreError at a broken end.
class PackReader {
  public:
    explicit PackReader(std::string_view bytes) : rest_(bytes) {}
    [[nodiscard]] bool at_end() const { return rest_.empty(); }
    [[nodiscard]] std::uint64_t varint();
    [[nodiscard]] std::string_view counted() { return take(varint()); }
    [[nodiscard]] std::string_view take(std::uint64_t bytes);

  private:
    std::string_view rest_;
};

} // namespace tributary::sqlite
