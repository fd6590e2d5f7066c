// The optional `headers` of a mail posted as JSON: an object of names and values, or an array of {name, value}. For email.cpp.
#pragma once
#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tributary {

class MailHeaders {
  public:
    MailHeaders() = default;
    // Takes at most kHeadersMax headers; what is no text is passed over.
    explicit MailHeaders(const boost::json::value* headers);

    [[nodiscard]] bool has(std::string_view name) const;               // in any case
    [[nodiscard]] std::string_view value(std::string_view name) const; // the first, trimmed; empty when there is none

  private:
    std::vector<std::pair<std::string, std::string>> headers_;
};

// Why a mail was written by a program rather than a person, e.g. "auto_submitted", "list", "bounce"; empty for a person's.
[[nodiscard]] std::string_view automatic_reason(const MailHeaders& headers, std::string_view sender_address, std::string_view subject);

// "a@b" of " <a@b> "; empty when there is none.
[[nodiscard]] std::string bare_message_id(std::string_view text);

// The id of the mail that began the thread, by References and In-Reply-To; empty when the mail answers none.
[[nodiscard]] std::string thread_root(const MailHeaders& headers);

} // namespace tributary
