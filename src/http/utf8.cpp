// The UTF-8 check: see utf8.hpp.
#include "http/utf8.hpp"

namespace tributary::http {

bool Utf8Check::feed(std::string_view bytes) {
    if (missing_ < 0) return false;
    for (const char raw : bytes) {
        const auto c = static_cast<unsigned char>(raw);
        if (missing_ > 0) {
            if (c < low_ || c > high_) {
                missing_ = -1;
                return false;
            }
            low_ = 0x80;
            high_ = 0xbf;
            --missing_;
        } else if (c >= 0x80) {
            // Lead bytes of Unicode table 3-7; E0, ED, F0 and F4 narrow the byte that follows them.
            if (c >= 0xc2 && c <= 0xdf)
                missing_ = 1;
            else if (c >= 0xe0 && c <= 0xef)
                missing_ = 2;
            else if (c >= 0xf0 && c <= 0xf4)
                missing_ = 3;
            else
                missing_ = -1;
            if (missing_ < 0) return false;
            if (c == 0xe0) low_ = 0xa0;
            if (c == 0xed) high_ = 0x9f;
            if (c == 0xf0) low_ = 0x90;
            if (c == 0xf4) high_ = 0x8f;
        }
    }
    return true;
}

bool is_utf8(std::string_view text) {
    Utf8Check check;
    return check.feed(text) && check.complete();
}

} // namespace tributary::http
