// The parts of a workbook's zip file, unpacked piece by piece under the guard against bombs. Used by the readers of workbooks.
#pragma once
#include "deal/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tributary {

// One part being read. Must not outlive its XlsxParts.
class XlsxPart {
  public:
    struct State;
    explicit XlsxPart(std::unique_ptr<State> state);
    ~XlsxPart();
    XlsxPart(XlsxPart&&) noexcept;
    XlsxPart& operator=(XlsxPart&&) noexcept;
    // Replaces `out` with at most `bytes_max` more bytes; empty at the end. Refuses with invalid_workbook or unpacks_too_large.
    [[nodiscard]] Result<void> read(std::size_t bytes_max, std::string& out);

  private:
    std::unique_ptr<State> state_;
};

class XlsxParts {
  public:
    // `bytes` must outlive this. Refuses with invalid_workbook.
    [[nodiscard]] static Result<XlsxParts> open(std::string_view bytes);
    ~XlsxParts();
    XlsxParts(XlsxParts&&) noexcept;
    XlsxParts& operator=(XlsxParts&&) noexcept;
    [[nodiscard]] bool has(const std::string& name) const;
    // Refuses with invalid_workbook: there is no such part, or it needs a password.
    [[nodiscard]] Result<XlsxPart> part(const std::string& name) const;

  private:
    struct State;
    explicit XlsxParts(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

[[nodiscard]] std::unexpected<Refusal> invalid_workbook(std::string message);

} // namespace tributary
