// One JSON object built member by member, for everything of an arrival that is not a field of ours. Any source may call it.
#pragma once
#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tributary {

inline constexpr std::size_t kMetadataMembersMax = 256;

// Keys stay unique: a second "note" becomes "note (2)", because nothing that was sent may get lost.
class MetadataObject {
  public:
    void add_text(std::string_view key, std::string_view text);
    void add(std::string_view key, const boost::json::value& value);
    void add_json(std::string_view key, std::string_view json); // json: one JSON text, trusted
    [[nodiscard]] bool too_many() const { return keys_.size() > kMetadataMembersMax; }
    [[nodiscard]] bool empty() const { return keys_.empty(); }
    // "{...}", or empty when nothing was added.
    [[nodiscard]] std::string take();

  private:
    [[nodiscard]] bool open_member(std::string_view key);

    std::string json_ = "{";
    std::vector<std::string> keys_;
};

} // namespace tributary
