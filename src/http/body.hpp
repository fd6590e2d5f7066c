// A request body as it arrives: cut out by Content-Length or by chunks. Strict about chunks, because a lenient chunk reader
// is a smuggler's door (RELIABILITY T62). Pure. For the files of this room and its tests; one thread at a time.
#pragma once
#include "http/gate.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tributary::http {

inline constexpr std::size_t kChunkSizeDigitsMax = 16;
inline constexpr std::size_t kChunkExtensionBytesMax = 64;
inline constexpr std::size_t kTrailerBytesMax = 8 * 1024;
inline constexpr std::uint64_t kChunkBytesMax = std::uint64_t{1} << 50U;

// What one look at the input gave. `data` points into the input. Done: the body ended after `used` bytes. Bad: it is no
// body, nothing after it can be trusted.
struct BodyStep {
    enum class State { More, Done, Bad };
    std::size_t used = 0;
    std::string_view data;
    State state = State::More;
};

// chunked-body of RFC 9112 section 7.1. Extensions are checked and dropped, trailers read and dropped.
class ChunkedReader {
  public:
    // Stops at the end of each piece of data, so call again while the input lasts and the state is More.
    [[nodiscard]] BodyStep read(std::string_view in);

  private:
    enum class At {
        Size,
        Extension,
        SizeLineFeed,
        Data,
        DataReturn,
        DataLineFeed,
        TrailerStart,
        TrailerName,
        TrailerValue,
        TrailerLineFeed,
        EndLineFeed,
        Done,
        Bad
    };
    [[nodiscard]] At step(char c);
    [[nodiscard]] At after_size(char c);
    [[nodiscard]] At trailer(char c);

    At at_ = At::Size;
    std::uint64_t left_ = 0; // bytes of the current chunk still to come
    std::size_t digits_ = 0;
    std::size_t extension_size_ = 0;
    std::size_t trailer_bytes_ = 0;
    std::array<char, kChunkExtensionBytesMax> extension_{};
};

class BodyReader {
  public:
    // Begins a body; `length` counts only when framing is Length.
    void start(Framing framing, std::uint64_t length);
    [[nodiscard]] BodyStep read(std::string_view in);
    // Bytes that must still come; 0 when chunked, because nobody knows.
    [[nodiscard]] std::uint64_t left() const { return framing_ == Framing::Length ? left_ : 0; }
    [[nodiscard]] bool chunked() const { return framing_ == Framing::Chunked; }

  private:
    Framing framing_ = Framing::None;
    std::uint64_t left_ = 0;
    ChunkedReader chunks_;
};

} // namespace tributary::http
