// UTF-8 checked as it arrives, a byte sequence may be cut anywhere (RFC 3629: no overlong forms, no surrogates, at most
// U+10FFFF). For the files of this room only; pure.
#pragma once
#include <string_view>

namespace tributary::http {

class Utf8Check {
  public:
    // False as soon as no continuation could make the text valid; the check stays failed then.
    [[nodiscard]] bool feed(std::string_view bytes);
    // True when the text so far does not end inside a character.
    [[nodiscard]] bool complete() const { return missing_ == 0; }
    void reset() { *this = Utf8Check(); }

  private:
    int missing_ = 0;          // continuation bytes still to come; -1 once failed
    unsigned char low_ = 0x80; // what the next continuation byte must lie between
    unsigned char high_ = 0xbf;
};

[[nodiscard]] bool is_utf8(std::string_view text);

} // namespace tributary::http
