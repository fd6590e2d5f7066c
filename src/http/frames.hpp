// WebSocket frames (RFC 6455), the server's side: frames made for sending, and the client's frames read strictly.
// Pure. For the files of this room and its tests; one thread at a time per reader.
#pragma once
#include "http/http.hpp"
#include "http/utf8.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tributary::http {

inline constexpr std::size_t kClientMessageBytesMax = 16 * 1024;
inline constexpr std::size_t kControlBytesMax = 125;

// Close codes of RFC 6455 section 7.4.1 that this server sends.
namespace close_code {
inline constexpr std::uint16_t kNormal = 1000;
inline constexpr std::uint16_t kProtocol = 1002;
inline constexpr std::uint16_t kUnsupported = 1003; // binary messages
inline constexpr std::uint16_t kNotUtf8 = 1007;
inline constexpr std::uint16_t kTooBig = 1009;
inline constexpr std::uint16_t kInternal = 1011;
inline constexpr std::uint16_t kRestart = 1012;
inline constexpr std::uint16_t kTryLater = 1013; // here: the client reads too slowly
} // namespace close_code

enum class Opcode : std::uint8_t { Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10 };

// A whole unmasked server frame.
[[nodiscard]] std::string frame_bytes(Opcode opcode, std::string_view payload);
// `code` 0 makes a close frame without payload; the reason is cut to fit 123 bytes, between characters.
[[nodiscard]] std::string close_frame(std::uint16_t code, std::string_view reason);

// What the client said. `payload` lives until the next read(). Close: `code` is what to answer (0: nothing was given).
// Broken: close with `code` and read no further.
struct ClientEvent {
    enum class Kind { None, Text, Ping, Pong, Close, Broken };
    Kind kind = Kind::None;
    std::string_view payload;
    std::uint16_t code = 0;
};

class FrameReader {
  public:
    // Takes bytes from the front of `in` (and cuts them off) until something happened or `in` is empty.
    [[nodiscard]] ClientEvent read(std::string_view& in);

  private:
    [[nodiscard]] ClientEvent head_byte(char c);
    [[nodiscard]] std::uint16_t check_head();
    [[nodiscard]] ClientEvent payload_bytes(std::string_view& in);
    [[nodiscard]] ClientEvent frame_ended();
    [[nodiscard]] ClientEvent closed_by_client();
    [[nodiscard]] ClientEvent broken(std::uint16_t code);
    [[nodiscard]] bool is_control() const { return (head_[0] & 0x08U) != 0; }

    std::array<std::uint8_t, 14> head_{}; // flags, length, mask key
    std::size_t head_size_ = 0;
    std::size_t head_needed_ = 2;
    std::uint64_t left_ = 0; // payload bytes still to come
    std::size_t mask_at_ = 0;
    bool in_payload_ = false;
    bool in_message_ = false; // a text message is unfinished
    bool delivered_ = false;  // message_ was handed out and goes at the next read
    bool broken_ = false;
    std::size_t control_size_ = 0;
    std::array<char, kControlBytesMax> control_{};
    std::string message_;
    Utf8Check utf8_;
};

// The Sec-WebSocket-Accept value for a client's key; nothing when the key is not 16 bytes in base64.
[[nodiscard]] std::optional<std::string> accept_key(std::string_view key);

} // namespace tributary::http
