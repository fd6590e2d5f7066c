// See web_pack.hpp.
#include "api/web_pack.hpp"

#include <boost/json/parse.hpp>
#include <charconv>
#include <stdexcept>

namespace tributary {
namespace {

constexpr std::string_view kMark = "TRBWEB1\n";
constexpr std::size_t kLengthDigits = 8; // and a line end behind them

std::string_view piece(std::string_view blobs, const boost::json::value& place) {
    const auto& pair = place.as_array();
    const auto offset = pair.at(0).to_number<std::size_t>();
    const auto size = pair.at(1).to_number<std::size_t>();
    if (offset > blobs.size() || size > blobs.size() - offset) throw std::runtime_error("the pack of the web app is cut off");
    return blobs.substr(offset, size);
}

std::optional<std::string_view> packed(std::string_view blobs, const boost::json::object& entry, std::string_view how) {
    const auto* place = entry.if_contains(how);
    if (place == nullptr) return std::nullopt;
    return piece(blobs, *place);
}

} // namespace

WebPack::WebPack(std::string_view pack) {
    const std::size_t list_at = kMark.size() + kLengthDigits + 1;
    std::size_t list_size = 0;
    if (!pack.starts_with(kMark) || pack.size() < list_at) throw std::runtime_error("the pack of the web app has no head");
    const std::string_view digits = pack.substr(kMark.size(), kLengthDigits);
    std::from_chars(digits.data(), digits.data() + digits.size(), list_size, 16);
    if (list_size > pack.size() - list_at) throw std::runtime_error("the pack of the web app is cut off");
    const std::string_view blobs = pack.substr(list_at + list_size);
    for (const auto& value : boost::json::parse(pack.substr(list_at, list_size)).as_array()) {
        const auto& entry = value.as_object();
        WebFile file{.type = std::string(entry.at("type").as_string()),
                     .etag = "\"" + std::string(entry.at("etag").as_string()) + "\"",
                     .plain = piece(blobs, entry.at("plain")),
                     .gzip = packed(blobs, entry, "gzip"),
                     .brotli = packed(blobs, entry, "br")};
        files_.emplace(std::string(entry.at("path").as_string()), std::move(file));
    }
}

const WebFile* WebPack::find(std::string_view path) const {
    const auto found = files_.find(path);
    return found == files_.end() ? nullptr : &found->second;
}

} // namespace tributary
