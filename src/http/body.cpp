// The body reader: see body.hpp.
#include "http/body.hpp"

#include "http/fields.hpp"

#include <algorithm>

namespace tributary::http {

namespace {

// Length of the quoted string at the front of `text`, 0 when there is none.
std::size_t quoted_size(std::string_view text) {
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"') return i + 1;
        if (text[i] == '\\') ++i;
    }
    return 0;
}

std::size_t token_size(std::string_view text) {
    std::size_t size = 0;
    while (size < text.size() && is_token_byte(text[size])) ++size;
    return size;
}

// *( ";" name [ "=" ( token | quoted ) ] ); no blanks: what a lenient peer reads differently is refused.
bool is_extension(std::string_view text) {
    while (!text.empty()) {
        if (text.front() != ';') return false;
        text.remove_prefix(1);
        const std::size_t name = token_size(text);
        if (name == 0) return false;
        text.remove_prefix(name);
        if (!text.starts_with('=')) continue;
        text.remove_prefix(1);
        const std::size_t value = text.starts_with('"') ? quoted_size(text) : token_size(text);
        if (value == 0) return false;
        text.remove_prefix(value);
    }
    return true;
}

} // namespace

ChunkedReader::At ChunkedReader::after_size(char c) {
    if (c == '\r') {
        if (digits_ == 0 || left_ > kChunkBytesMax || !is_extension({extension_.data(), extension_size_})) return At::Bad;
        return At::SizeLineFeed;
    }
    if (digits_ == 0 || extension_size_ == extension_.size() || !is_field_byte(c)) return At::Bad;
    if (extension_size_ == 0 && c != ';') return At::Bad;
    extension_[extension_size_++] = c;
    return At::Extension;
}

ChunkedReader::At ChunkedReader::trailer(char c) {
    if (++trailer_bytes_ > kTrailerBytesMax) return At::Bad;
    switch (at_) {
    case At::TrailerStart:
        if (c == '\r') return At::EndLineFeed;
        return is_token_byte(c) ? At::TrailerName : At::Bad;
    case At::TrailerName:
        if (c == ':') return At::TrailerValue;
        return is_token_byte(c) ? At::TrailerName : At::Bad;
    case At::TrailerValue:
        if (c == '\r') return At::TrailerLineFeed;
        return is_field_byte(c) ? At::TrailerValue : At::Bad;
    case At::TrailerLineFeed: return c == '\n' ? At::TrailerStart : At::Bad;
    case At::EndLineFeed: return c == '\n' ? At::Done : At::Bad;
    default: return At::Bad;
    }
}

ChunkedReader::At ChunkedReader::step(char c) {
    switch (at_) {
    case At::Size: {
        const int digit = hex_value(c);
        if (digit < 0) return after_size(c);
        if (++digits_ > kChunkSizeDigitsMax) return At::Bad;
        left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
        return At::Size;
    }
    case At::Extension: return after_size(c);
    case At::SizeLineFeed:
        if (c != '\n') return At::Bad;
        return left_ == 0 ? At::TrailerStart : At::Data;
    case At::DataReturn: return c == '\r' ? At::DataLineFeed : At::Bad;
    case At::DataLineFeed:
        digits_ = 0;
        extension_size_ = 0;
        return c == '\n' ? At::Size : At::Bad;
    default: return trailer(c);
    }
}

BodyStep ChunkedReader::read(std::string_view in) {
    BodyStep result;
    while (result.used < in.size() && at_ != At::Done && at_ != At::Bad) {
        if (at_ == At::Data) {
            const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, in.size() - result.used));
            result.data = in.substr(result.used, size);
            result.used += size;
            left_ -= size;
            if (left_ == 0) at_ = At::DataReturn;
            return result;
        }
        at_ = step(in[result.used]);
        ++result.used;
    }
    if (at_ == At::Done) result.state = BodyStep::State::Done;
    if (at_ == At::Bad) result.state = BodyStep::State::Bad;
    return result;
}

void BodyReader::start(Framing framing, std::uint64_t length) {
    framing_ = framing;
    left_ = length;
    if (framing == Framing::Chunked) chunks_ = ChunkedReader();
}

BodyStep BodyReader::read(std::string_view in) {
    if (framing_ == Framing::Chunked) return chunks_.read(in);
    BodyStep result;
    result.used = static_cast<std::size_t>(std::min<std::uint64_t>(left_, in.size()));
    result.data = in.substr(0, result.used);
    left_ -= result.used;
    if (left_ == 0) result.state = BodyStep::State::Done;
    return result;
}

} // namespace tributary::http
