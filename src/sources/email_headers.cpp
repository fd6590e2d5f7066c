// Headers of a posted mail; see email_headers.hpp.
#include "sources/email_headers.hpp"

#include "deal/json.hpp"
#include "sources/reader_text.hpp"
#include "sources/utf8.hpp"

#include <algorithm>
#include <span>

namespace tributary {
namespace {

namespace json = boost::json;

constexpr std::size_t kHeadersMax = 256;
constexpr std::size_t kValueBytesMax = 16 * 1024;

std::string header_text(const json::value& value) {
    const json::value* one = &value;
    if (const json::array* several = value.if_array(); several != nullptr && !several->empty()) one = &several->front();
    if (!is_scalar(*one)) return {};
    return std::string(utf8_cut(one_line(scalar_text(*one)), kValueBytesMax));
}

const json::value* member(const json::object& object, std::string_view key) {
    for (const auto& each : object) {
        if (equal_no_case({each.key().data(), each.key().size()}, key)) return &each.value();
    }
    return nullptr;
}

bool starts_any(std::string_view text, std::span<const std::string_view> words) {
    return std::ranges::any_of(words, [text](std::string_view word) { return starts_no_case(text, word); });
}

bool comes_from_mailer(std::string_view address) {
    static constexpr std::string_view kMailers[] = {"mailer-daemon@", "postmaster@", "bounce@", "bounces@", "bounces+"};
    return starts_any(address, kMailers);
}

// Programs answer in the language of their user.
bool announces_itself(std::string_view subject) {
    static constexpr std::string_view kSubjects[] = {"Automatic reply:",
                                                     "Auto-Reply:",
                                                     "Auto reply:",
                                                     "Autoreply:",
                                                     "Out of Office:",
                                                     "Out of office -",
                                                     "Automatische Antwort:",
                                                     "Abwesenheitsnotiz:",
                                                     "Réponse automatique",
                                                     "Respuesta automática",
                                                     "Risposta automatica",
                                                     "Automatisch antwoord",
                                                     "Undelivered Mail Returned to Sender",
                                                     "Delivery Status Notification",
                                                     "Undeliverable:",
                                                     "Unzustellbar:"};
    return starts_any(trimmed(subject), kSubjects);
}

} // namespace

MailHeaders::MailHeaders(const json::value* headers) {
    if (headers == nullptr) return;
    if (const json::object* object = headers->if_object()) {
        for (const auto& each : *object) {
            if (headers_.size() == kHeadersMax) return;
            headers_.emplace_back(std::string(each.key().data(), each.key().size()), header_text(each.value()));
        }
    }
    const json::array* list = headers->if_array();
    if (list == nullptr) return;
    for (const json::value& each : *list) {
        const json::object* pair = each.if_object();
        const json::value* name = pair != nullptr ? member(*pair, "name") : nullptr;
        const json::value* value = pair != nullptr ? member(*pair, "value") : nullptr;
        if (name == nullptr || value == nullptr || headers_.size() == kHeadersMax) continue;
        headers_.emplace_back(header_text(*name), header_text(*value));
    }
}

bool MailHeaders::has(std::string_view name) const {
    return std::ranges::any_of(headers_, [name](const auto& header) { return equal_no_case(trimmed(header.first), name); });
}

std::string_view MailHeaders::value(std::string_view name) const {
    const auto found = std::ranges::find_if(headers_, [name](const auto& header) { return equal_no_case(trimmed(header.first), name); });
    return found == headers_.end() ? std::string_view{} : trimmed(found->second);
}

std::string_view automatic_reason(const MailHeaders& headers, std::string_view sender_address, std::string_view subject) {
    const std::string_view submitted = headers.value("Auto-Submitted"); // RFC 3834
    if (!submitted.empty() && !starts_no_case(submitted, "no")) return "auto_submitted";
    if (headers.has("X-Autoreply") || headers.has("X-Autorespond")) return "auto_submitted";
    // Not List-Unsubscribe alone: form services put it on the very inquiries this door is for.
    const std::string_view precedence = headers.value("Precedence");
    if (equal_no_case(precedence, "bulk") || equal_no_case(precedence, "junk") || equal_no_case(precedence, "list")) return "list";
    if (headers.has("List-Id")) return "list";
    if (starts_no_case(headers.value("Content-Type"), "multipart/report") || headers.value("Return-Path") == "<>") return "bounce";
    if (comes_from_mailer(sender_address)) return "bounce";
    return announces_itself(subject) ? "auto_submitted" : std::string_view{};
}

std::string bare_message_id(std::string_view text) {
    std::string id = one_line(text);
    const std::size_t open = id.find('<');
    const std::size_t close = id.find('>', open == std::string::npos ? 0 : open);
    if (open != std::string::npos && close != std::string::npos) id = id.substr(open + 1, close - open - 1);
    return std::string(trimmed(id));
}

std::string thread_root(const MailHeaders& headers) {
    for (const std::string_view name : {"References", "In-Reply-To"}) {
        const std::string_view value = headers.value(name);
        if (value.find('<') != std::string_view::npos) return bare_message_id(value);
    }
    return {};
}

} // namespace tributary
