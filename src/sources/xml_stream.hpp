// XML read piece by piece, as events. No document type, no entity but XML's own five, bounded depth and bounded tokens: nothing is
// ever fetched or expanded. Used by the readers of workbooks.
#pragma once
#include "deal/result.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace tributary {

// Attributes of one element, valid during the call only.
class XmlAttributes {
  public:
    explicit XmlAttributes(const char** pairs) : pairs_(pairs) {}
    // Without the prefix of its name space; empty when it is not there.
    [[nodiscard]] std::string_view operator[](std::string_view local_name) const;

  private:
    const char** pairs_;
};

// Who hears the events. Names come without the prefix of their name space. False: stop.
class XmlListener {
  public:
    virtual ~XmlListener() = default;
    virtual bool begin(std::string_view name, const XmlAttributes& attributes) = 0;
    virtual bool end(std::string_view name) = 0;
    virtual bool text(std::string_view piece) = 0;
};

class XmlStream {
  public:
    static constexpr int kDepthMax = 64;
    static constexpr std::size_t kTokenBytesMax = 1024 * 1024;

    explicit XmlStream(XmlListener& listener);
    ~XmlStream();
    XmlStream(const XmlStream&) = delete;
    XmlStream& operator=(const XmlStream&) = delete;

    // True: go on; false: the listener said stop. `last`: nothing follows. Refuses with invalid_workbook.
    [[nodiscard]] Result<bool> write(std::string_view bytes, bool last);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace tributary
