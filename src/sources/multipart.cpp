#include "sources/multipart.hpp"

#include "sources/media_type.hpp"
#include "sources/utf8.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

namespace tributary {
namespace {

constexpr std::size_t kBoundaryBytesMax = 70; // RFC 2046 section 5.1.1
constexpr std::size_t kFileNameBytesMax = 255;
constexpr std::size_t kAfterDelimiterMax = 128; // "--" or padding and CRLF

std::unexpected<Refusal> malformed(std::string message) { return refuse(Reason::Invalid, "invalid_multipart", std::move(message)); }

std::size_t find_bytes(std::string_view text, std::string_view wanted) {
    const void* hit = ::memmem(text.data(), text.size(), wanted.data(), wanted.size());
    return hit == nullptr ? std::string_view::npos : static_cast<std::size_t>(static_cast<const char*>(hit) - text.data());
}

// Where the end of `text` could be the beginning of `wanted`; text.size() when it cannot.
std::size_t possible_start(std::string_view text, std::string_view wanted) {
    std::size_t at = text.size() < wanted.size() ? 0 : text.size() - wanted.size() + 1;
    while (at < text.size()) {
        if (wanted.starts_with(text.substr(at))) return at;
        const std::size_t next = text.find(wanted.front(), at + 1);
        at = next == std::string_view::npos ? text.size() : next;
    }
    return text.size();
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '%' && at + 2 < text.size() && hex_digit(text[at + 1]) >= 0 && hex_digit(text[at + 2]) >= 0) {
            out.push_back(static_cast<char>(hex_digit(text[at + 1]) * 16 + hex_digit(text[at + 2])));
            at += 2;
        } else {
            out.push_back(text[at]);
        }
    }
    return out;
}

// Browsers write a quote inside a quoted name as %22 (and line ends as %0D%0A, which no name needs).
std::string unquoted_name(std::string text) {
    for (std::size_t at = text.find("%22"); at != std::string::npos; at = text.find("%22", at + 1)) text.replace(at, 3, "\"");
    return text;
}

// Only the last path element, without control characters: it is shown and logged, never opened.
std::string plain_file_name(std::string_view text) {
    text.remove_prefix(text.find_last_of("/\\") + 1);
    std::string out;
    for (const char c : text) {
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) out.push_back(c);
    }
    out.resize(utf8_prefix(out));
    return std::string(utf8_cut(out, kFileNameBytesMax));
}

// filename* = utf-8''percent-encoded (RFC 8187); other charsets are left to the plain file name.
std::optional<std::string> extended_file_name(std::string_view disposition) {
    const auto value = media_parameter(disposition, "filename*");
    if (!value || value->size() < 7 || media_type(value->substr(0, 5)) != "utf-8") return std::nullopt;
    const std::size_t quote = value->find('\'', 6);
    if (quote == std::string::npos) return std::nullopt;
    return percent_decoded(std::string_view(*value).substr(quote + 1));
}

void read_disposition(std::string_view value, FormPart& part) {
    part.name = unquoted_name(media_parameter(value, "name").value_or(""));
    const auto plain = media_parameter(value, "filename");
    const auto extended = extended_file_name(value);
    part.has_file_name = plain.has_value() || extended.has_value();
    if (part.has_file_name) part.file_name = plain_file_name(extended ? *extended : unquoted_name(*plain));
}

} // namespace

Result<std::string> multipart_boundary(std::string_view content_type) {
    auto boundary = media_parameter(content_type, "boundary");
    if (!boundary || boundary->empty()) return malformed("The content type multipart/form-data lacks its boundary.");
    constexpr std::string_view kExtra = "'()+_,-./:=? ";
    const bool plain = std::ranges::all_of(*boundary, [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || kExtra.find(c) != std::string_view::npos;
    });
    if (!plain || boundary->size() > kBoundaryBytesMax || boundary->back() == ' ')
        return malformed("The boundary in the content type is not one of RFC 2046: 1 to 70 plain characters.");
    return *std::move(boundary);
}

// The first boundary may stand at the very beginning: a line end put before it makes it like every other.
MultipartSplitter::MultipartSplitter(std::string_view boundary, PartTaker& taker) : taker_(taker), carry_("\r\n") {
    delimiter_.append("\r\n--").append(boundary);
}

Result<void> MultipartSplitter::write(std::string_view bytes) {
    if (state_ == State::Epilogue) return {};
    if (carry_.empty()) {
        if (auto done = consume(bytes); !done) return done;
        carry_.assign(bytes);
        return {};
    }
    std::string joined = std::move(carry_);
    joined.append(bytes);
    std::string_view rest = joined;
    if (auto done = consume(rest); !done) return done;
    carry_.assign(rest);
    return {};
}

Result<void> MultipartSplitter::finish() {
    if (state_ == State::Epilogue) return {};
    if (state_ == State::Preamble) return malformed("The body does not contain the boundary its content type names.");
    return malformed("The body ends before its closing boundary.");
}

// Takes from the front of `bytes` what can be understood; the rest waits for more.
Result<void> MultipartSplitter::consume(std::string_view& bytes) {
    Result<bool> progress = true;
    while (progress && *progress) {
        switch (state_) {
        case State::Preamble: progress = pass_preamble(bytes); break;
        case State::Boundary: progress = pass_boundary(bytes); break;
        case State::Head: progress = pass_head(bytes); break;
        case State::Body: progress = pass_body(bytes); break;
        case State::Epilogue: bytes = {}; return {};
        }
    }
    if (!progress) return std::unexpected(std::move(progress.error()));
    return {};
}

Result<bool> MultipartSplitter::pass_preamble(std::string_view& bytes) {
    const std::size_t at = find_bytes(bytes, delimiter_);
    const bool found = at != std::string_view::npos;
    const std::size_t passed = found ? at : possible_start(bytes, delimiter_);
    preamble_bytes_ += passed;
    if (preamble_bytes_ > kPreambleBytesMax) return malformed("The body does not contain the boundary its content type names.");
    bytes.remove_prefix(found ? at + delimiter_.size() : passed);
    if (found) state_ = State::Boundary;
    return found;
}

// What follows "--boundary": "--" closes the body; spaces and a line end open the next part.
Result<bool> MultipartSplitter::pass_boundary(std::string_view& bytes) {
    if (bytes.starts_with("--")) {
        state_ = State::Epilogue;
        return true;
    }
    const std::size_t end = bytes.find("\r\n");
    const std::string_view padding = bytes.substr(0, std::min(end, bytes.size()));
    const bool waiting = end == std::string_view::npos;
    const bool plausible =
        padding.find_first_not_of(waiting ? std::string_view(" \t\r") : std::string_view(" \t")) == std::string_view::npos;
    if (waiting && (plausible || bytes == "-") && bytes.size() < kAfterDelimiterMax) return false;
    if (!plausible || waiting) return malformed("A boundary line holds something after its boundary.");
    if (++parts_ > kPartsMax) return refuse(Reason::TooLarge, "too_many_parts", "A form may have at most 100 parts.");
    bytes.remove_prefix(end + 2);
    state_ = State::Head;
    return true;
}

Result<bool> MultipartSplitter::pass_head(std::string_view& bytes) {
    if (bytes.starts_with("\r\n")) return malformed("A part has no Content-Disposition header.");
    const std::size_t end = find_bytes(bytes.substr(0, kPartHeadBytesMax + 4), "\r\n\r\n");
    if (end == std::string_view::npos) {
        if (bytes.size() > kPartHeadBytesMax) return malformed("The header of a part is longer than 16 KiB.");
        return false;
    }
    if (auto opened = open_part(bytes.substr(0, end)); !opened) return std::unexpected(std::move(opened.error()));
    bytes.remove_prefix(end + 4);
    state_ = State::Body;
    return true;
}

Result<void> MultipartSplitter::open_part(std::string_view head) {
    FormPart part;
    bool disposed = false;
    while (!head.empty()) {
        const std::size_t end = std::min(head.find("\r\n"), head.size());
        const std::string_view line = head.substr(0, end);
        head.remove_prefix(std::min(end + 2, head.size()));
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) return malformed("A header line of a part has no colon.");
        const std::string name = media_type(line.substr(0, colon));
        const std::string_view value = line.substr(colon + 1);
        if (name == "content-disposition") {
            disposed = media_type(value) == "form-data";
            read_disposition(value, part);
        } else if (name == "content-type") {
            part.content_type = std::string(value.substr(std::min(value.find_first_not_of(" \t"), value.size())));
        } else if (name == "content-transfer-encoding") {
            const std::string coding = media_type(value);
            if (coding != "binary" && coding != "8bit" && coding != "7bit")
                return malformed("Parts must be sent as they are: a transfer encoding such as base64 is not part of form-data.");
        }
    }
    if (!disposed) return malformed("A part has no Content-Disposition: form-data header.");
    if (!is_utf8(part.name)) return malformed("The name of a form field is not UTF-8.");
    return taker_.begin(part);
}

Result<bool> MultipartSplitter::pass_body(std::string_view& bytes) {
    const std::size_t at = find_bytes(bytes, delimiter_);
    const bool found = at != std::string_view::npos;
    const std::size_t passed = found ? at : possible_start(bytes, delimiter_);
    if (passed > 0) {
        if (auto taken = taker_.data(bytes.substr(0, passed)); !taken) return std::unexpected(std::move(taken.error()));
    }
    bytes.remove_prefix(passed);
    if (!found) return false;
    // A line that only begins like the boundary ("--boundary2") is data, which no sender makes: its boundary occurs in its data.
    if (auto ended = taker_.end(); !ended) return std::unexpected(std::move(ended.error()));
    bytes.remove_prefix(delimiter_.size());
    state_ = State::Boundary;
    return true;
}

} // namespace tributary
