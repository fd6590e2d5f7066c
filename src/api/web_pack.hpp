// The files of the web app as the program carries them (web/pack.mjs writes the form). Used by web_pages.cpp only.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace tributary {

struct WebFile {
    std::string type;       // Content-Type
    std::string etag;       // with its quotes
    std::string_view plain; // into the pack
    std::optional<std::string_view> gzip, brotli;
};

class WebPack {
  public:
    // Throws std::runtime_error when the bytes are no pack: the build is broken. `pack` must outlive this.
    explicit WebPack(std::string_view pack);
    [[nodiscard]] const WebFile* find(std::string_view path) const; // nullptr when there is none

  private:
    std::map<std::string, WebFile, std::less<>> files_;
};

} // namespace tributary
