// Which encoding a file is in, and its conversion to UTF-8 as it arrives. Used by csv.cpp.
#pragma once
#include "deal/result.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tributary {

struct CsvEncoding {
    std::string_view name = "utf-8"; // as shown
    std::string_view converter;      // ICU's name; empty: UTF-8, nothing to convert
    std::size_t bom_bytes = 0;       // to be skipped at the beginning
};

// "UTF-8", "latin1", "cp1252", "windows-1250", "utf-16le", "shift_jis"...; nullopt: not one of ours.
[[nodiscard]] std::optional<CsvEncoding> parse_encoding(std::string_view text);
[[nodiscard]] std::string encoding_names(); // for refusals: "utf-8, utf-16, ..."

// Decides from the head of the file: a byte order mark, else UTF-8 when it is, else windows-1252. `asked`, when given, wins over
// everything but a byte order mark. `whole`: the head is all there is. Refuses with not_text: NUL bytes, or an Excel or PDF file.
[[nodiscard]] Result<CsvEncoding> detect_encoding(std::string_view head, bool whole, const std::optional<CsvEncoding>& asked);

// To UTF-8, chunks cut anywhere; what cannot be converted becomes U+FFFD.
class Transcoder {
  public:
    explicit Transcoder(const CsvEncoding& encoding);
    ~Transcoder();
    Transcoder(Transcoder&&) noexcept;
    Transcoder& operator=(Transcoder&&) noexcept;
    // True: the bytes are UTF-8 already and need no convert().
    [[nodiscard]] bool is_identity() const { return state_ == nullptr; }
    // Appends; `last` flushes.
    void convert(std::string_view bytes, bool last, std::string& out);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace tributary
