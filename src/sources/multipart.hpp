// multipart/form-data (RFC 7578) taken apart as it arrives, in constant memory. Used by csv.cpp and web_form.cpp.
#pragma once
#include "deal/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace tributary {

inline constexpr std::size_t kPartHeadBytesMax = 16 * 1024; // the header lines of one part
inline constexpr std::size_t kPartsMax = 100;
inline constexpr std::size_t kPreambleBytesMax = 64 * 1024;

struct FormPart {
    std::string name;
    std::string file_name; // without folders and control characters, at most 255 bytes; empty when none was sent
    bool has_file_name = false;
    std::string content_type; // of the part; empty when not sent
};

// Who takes the parts. For each part: begin, data any number of times, end. A refusal ends the reading.
class PartTaker {
  public:
    virtual ~PartTaker() = default;
    [[nodiscard]] virtual Result<void> begin(const FormPart& part) = 0;
    [[nodiscard]] virtual Result<void> data(std::string_view bytes) = 0;
    [[nodiscard]] virtual Result<void> end() = 0;
};

// The boundary of a multipart/form-data content type; refuses with invalid_multipart when it is absent or malformed.
[[nodiscard]] Result<std::string> multipart_boundary(std::string_view content_type);

// Chunks may be cut anywhere. Text before the first and after the last boundary is dropped. Refusals: invalid_multipart,
// too_many_parts, and the taker's own.
class MultipartSplitter {
  public:
    MultipartSplitter(std::string_view boundary, PartTaker& taker);
    [[nodiscard]] Result<void> write(std::string_view bytes);
    // Refuses when the closing boundary never came.
    [[nodiscard]] Result<void> finish();

  private:
    enum class State : std::uint8_t { Preamble, Boundary, Head, Body, Epilogue };

    [[nodiscard]] Result<void> consume(std::string_view& bytes);
    [[nodiscard]] Result<bool> pass_preamble(std::string_view& bytes);
    [[nodiscard]] Result<bool> pass_boundary(std::string_view& bytes);
    [[nodiscard]] Result<bool> pass_head(std::string_view& bytes);
    [[nodiscard]] Result<bool> pass_body(std::string_view& bytes);
    [[nodiscard]] Result<void> open_part(std::string_view head);

    std::string delimiter_; // "\r\n--" and the boundary
    PartTaker& taker_;
    State state_ = State::Preamble;
    std::string carry_; // bytes not understood yet; bounded by kPartHeadBytesMax and the delimiter
    std::size_t preamble_bytes_ = 0;
    std::size_t parts_ = 0;
};

} // namespace tributary
