// A text that must not be seen: a token, a password, a key. It cannot be printed or compared by accident, and is wiped when it goes.
#pragma once
#include <string>
#include <string_view>

namespace tributary {

class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string text) : text_(std::move(text)) {}
    ~Secret() { wipe(); }
    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { other.wipe(); }
    Secret& operator=(const Secret& other) {
        if (this != &other) {
            wipe();
            text_ = other.text_;
        }
        return *this;
    }
    Secret& operator=(Secret&& other) noexcept {
        if (this != &other) {
            wipe();
            text_ = std::move(other.text_);
            other.wipe();
        }
        return *this;
    }
    [[nodiscard]] bool is_empty() const { return text_.empty(); }
    // For the one place that sends, seals or checks it.
    [[nodiscard]] std::string_view reveal() const { return text_; }
    [[nodiscard]] bool equals(std::string_view other) const; // in constant time for texts of one length

  private:
    void wipe();
    std::string text_;
};

} // namespace tributary
