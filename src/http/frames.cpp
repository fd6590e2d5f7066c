// WebSocket frames: see frames.hpp.
#include "http/frames.hpp"

#include "http/fields.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <stdexcept>

namespace tributary::http {

namespace {

constexpr std::size_t kReasonBytesMax = kControlBytesMax - 2;
constexpr std::size_t kKeptMessageBytes = 512; // a longer message's memory is given back: sockets are many, text is rare

// The codes a client may send (RFC 6455 section 7.4; the registry's 1012 to 1014 included).
bool may_be_sent(std::uint16_t code) {
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

} // namespace

std::string frame_bytes(Opcode opcode, std::string_view payload) {
    std::string frame;
    frame.reserve(payload.size() + 10);
    frame.push_back(static_cast<char>(0x80U | static_cast<unsigned>(opcode)));
    const std::uint64_t size = payload.size();
    int length_bytes = 0;
    if (size < 126) {
        frame.push_back(static_cast<char>(size));
    } else if (size <= 0xffff) {
        frame.push_back(static_cast<char>(126));
        length_bytes = 2;
    } else {
        frame.push_back(static_cast<char>(127));
        length_bytes = 8;
    }
    for (int i = length_bytes - 1; i >= 0; --i) frame.push_back(static_cast<char>((size >> (8U * static_cast<unsigned>(i))) & 0xffU));
    frame.append(payload);
    return frame;
}

std::shared_ptr<const std::string> make_frame(std::string_view text) {
    return std::make_shared<const std::string>(frame_bytes(Opcode::Text, text));
}

std::string close_frame(std::uint16_t code, std::string_view reason) {
    if (code == 0) return frame_bytes(Opcode::Close, {});
    std::size_t cut = std::min(reason.size(), kReasonBytesMax);
    while (cut > 0 && cut < reason.size() && (static_cast<unsigned char>(reason[cut]) & 0xc0U) == 0x80U) --cut;
    std::string payload{static_cast<char>(code >> 8U), static_cast<char>(code & 0xffU)};
    payload.append(reason.substr(0, cut));
    return frame_bytes(Opcode::Close, payload);
}

ClientEvent FrameReader::broken(std::uint16_t code) {
    broken_ = true;
    return {.kind = ClientEvent::Kind::Broken, .payload = {}, .code = code};
}

ClientEvent FrameReader::read(std::string_view& in) {
    if (delivered_) {
        delivered_ = false;
        if (message_.capacity() > kKeptMessageBytes) std::string().swap(message_);
        message_.clear();
    }
    while (!in.empty() && !broken_) {
        ClientEvent event;
        if (in_payload_) {
            event = payload_bytes(in);
        } else {
            event = head_byte(in.front());
            in.remove_prefix(1);
        }
        if (event.kind != ClientEvent::Kind::None) return event;
    }
    if (broken_) in = {};
    return {};
}

// 0 when the two first bytes may begin a frame here, else the close code.
std::uint16_t FrameReader::check_head() {
    const unsigned opcode = head_[0] & 0x0fU;
    const bool final = (head_[0] & 0x80U) != 0;
    const unsigned length = head_[1] & 0x7fU;
    if ((head_[0] & 0x70U) != 0) return close_code::kProtocol; // no extension was agreed on
    if ((head_[1] & 0x80U) == 0) return close_code::kProtocol; // a client must mask
    if (is_control()) {
        if (opcode > 10 || !final || length > kControlBytesMax) return close_code::kProtocol;
        return 0;
    }
    if (opcode == static_cast<unsigned>(Opcode::Binary)) return close_code::kUnsupported;
    if (opcode > 2) return close_code::kProtocol;
    const bool continues = opcode == static_cast<unsigned>(Opcode::Continuation);
    return continues == in_message_ ? 0 : close_code::kProtocol;
}

ClientEvent FrameReader::head_byte(char c) {
    head_[head_size_++] = static_cast<std::uint8_t>(c);
    if (head_size_ == 2) {
        if (const std::uint16_t code = check_head(); code != 0) return broken(code);
        const unsigned length = head_[1] & 0x7fU;
        const std::size_t length_bytes = length == 126 ? 2 : length == 127 ? 8 : 0;
        head_needed_ = 2 + length_bytes + 4;
    }
    if (head_size_ < head_needed_) return {};

    const std::size_t length_bytes = head_needed_ - 6;
    left_ = length_bytes == 0 ? head_[1] & 0x7fU : 0;
    for (std::size_t i = 0; i < length_bytes; ++i) left_ = left_ << 8U | head_[2 + i];
    if ((length_bytes == 2 && left_ < 126) || (length_bytes == 8 && left_ <= 0xffff)) return broken(close_code::kProtocol);
    if (!is_control() && left_ > kClientMessageBytesMax - message_.size()) return broken(close_code::kTooBig);
    mask_at_ = 0;
    control_size_ = 0;
    in_payload_ = true;
    return left_ == 0 ? frame_ended() : ClientEvent{};
}

ClientEvent FrameReader::payload_bytes(std::string_view& in) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, in.size()));
    const std::uint8_t* const mask = head_.data() + head_needed_ - 4;
    char* to = control_.data() + control_size_;
    if (is_control()) {
        control_size_ += size;
    } else {
        const std::size_t before = message_.size();
        message_.resize(before + size);
        to = message_.data() + before;
    }
    for (std::size_t i = 0; i < size; ++i, ++mask_at_) to[i] = static_cast<char>(static_cast<std::uint8_t>(in[i]) ^ mask[mask_at_ & 3U]);
    in.remove_prefix(size);
    left_ -= size;
    // A text that can no longer become UTF-8 is refused at once, not at its end.
    if (!is_control() && !utf8_.feed({to, size})) return broken(close_code::kNotUtf8);
    return left_ == 0 ? frame_ended() : ClientEvent{};
}

ClientEvent FrameReader::closed_by_client() {
    const std::string_view payload(control_.data(), control_size_);
    if (payload.empty()) return {.kind = ClientEvent::Kind::Close, .payload = {}, .code = 0};
    if (payload.size() == 1) return broken(close_code::kProtocol);
    const auto code = static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) << 8U | static_cast<unsigned char>(payload[1]));
    if (!may_be_sent(code)) return broken(close_code::kProtocol);
    if (!is_utf8(payload.substr(2))) return broken(close_code::kNotUtf8);
    return {.kind = ClientEvent::Kind::Close, .payload = payload.substr(2), .code = code};
}

ClientEvent FrameReader::frame_ended() {
    head_size_ = 0;
    head_needed_ = 2;
    in_payload_ = false;
    const auto opcode = static_cast<Opcode>(head_[0] & 0x0fU);
    const std::string_view control(control_.data(), control_size_);
    if (opcode == Opcode::Ping) return {.kind = ClientEvent::Kind::Ping, .payload = control, .code = 0};
    if (opcode == Opcode::Pong) return {.kind = ClientEvent::Kind::Pong, .payload = control, .code = 0};
    if (opcode == Opcode::Close) return closed_by_client();
    in_message_ = (head_[0] & 0x80U) == 0;
    if (in_message_) return {};
    if (!utf8_.complete()) return broken(close_code::kNotUtf8);
    utf8_.reset();
    delivered_ = true;
    return {.kind = ClientEvent::Kind::Text, .payload = message_, .code = 0};
}

std::optional<std::string> accept_key(std::string_view key) {
    // 16 bytes are 22 base64 digits and two signs of padding.
    if (key.size() != 24 || !key.ends_with("==")) return std::nullopt;
    for (const char c : key.substr(0, 22)) {
        const char low = to_lower(c);
        if (!is_digit(c) && !(low >= 'a' && low <= 'z') && c != '+' && c != '/') return std::nullopt;
    }
    std::string text(key);
    text.append("258EAFA5-E914-47DA-95CA-C5AB0DC85B11"); // RFC 6455 section 1.3
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    std::size_t digest_size = 0;
    if (EVP_Q_digest(nullptr, "SHA1", nullptr, text.data(), text.size(), digest.data(), &digest_size) != 1)
        throw std::runtime_error("SHA-1 is not available");
    std::array<unsigned char, 32> encoded{};
    const int size = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(digest_size));
    return std::string(encoded.begin(), encoded.begin() + size);
}

} // namespace tributary::http
