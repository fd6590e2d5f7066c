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
    std::string_view evidence = {};  // why this one, a few words for a person
};

// "UTF-8", "latin1", "cp1252", "windows-1250", "utf-16le", "shift_jis"...; nullopt: not one of ours.
[[nodiscard]] std::optional<CsvEncoding> parse_encoding(std::string_view text);
[[nodiscard]] std::string encoding_names(); // for refusals: "utf-8, utf-16, ..."

// Decides from the head of the file: a byte order mark, NULs at every second byte (UTF-16), UTF-8 when it is or mostly is, else what
// the letters look like, windows-1252 in doubt. `asked`, when given, wins over everything but a byte order mark. `whole`: the head
// is all there is. Refuses with not_text: many NUL bytes, or a file that is known to be something else.
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
