// What goes back to Salesforce, and what of a message may be stored; see salesforce_soap.hpp.
#include "sources/reader_text.hpp"
#include "sources/salesforce_soap.hpp"
#include "sources/soap_gate.hpp"

namespace tributary {
namespace {

constexpr std::string_view kSessionElement = "SessionId";
constexpr std::string_view kOpen = R"(<?xml version="1.0" encoding="UTF-8"?>)"
                                   R"(<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>)";
constexpr std::string_view kClose = "</soapenv:Body></soapenv:Envelope>";

bool is_name_byte(char letter) { return is_word_byte(letter) || is_digit(letter) || letter == '-' || letter == '_' || letter == '.'; }

// The local name of the tag whose name begins at `at`, its prefix left out.
std::string_view local_name(std::string_view text, std::size_t at) {
    std::size_t end = at;
    for (; end < text.size() && (is_name_byte(text[end]) || text[end] == ':'); ++end) {
        if (text[end] == ':') at = end + 1;
    }
    return text.substr(at, end - at);
}

// Where the tag </...SessionId begins that closes the element whose content starts at `at`; the end of the text when none does.
std::size_t session_end(std::string_view text, std::size_t at) {
    while ((at = text.find('<', at)) != std::string_view::npos) {
        const std::size_t after = after_opaque_markup(text, at);
        if (after == at && text.substr(at, 2) == "</" && equal_no_case(local_name(text, at + 2), kSessionElement)) return at;
        if (after == std::string_view::npos) break;
        at = after == at ? at + 1 : after;
    }
    return text.size();
}

} // namespace

std::string without_session_id(std::string_view soap) {
    std::string out;
    std::size_t copied = 0;
    std::size_t at = 0;
    while ((at = soap.find('<', at)) != std::string_view::npos) {
        ++at;
        if (!equal_no_case(local_name(soap, at), kSessionElement)) continue;
        const std::size_t end = xml_tag_end(soap, at);
        if (end == std::string_view::npos) return out.append(soap, copied, at - copied); // never ends: nothing after it is kept
        at = end + 1;
        if (soap[end - 1] == '/') continue;
        out.append(soap, copied, at - copied);
        at = copied = session_end(soap, at);
    }
    return out.append(soap, copied);
}

std::string soap_ack(bool accepted) {
    std::string out(kOpen);
    out += R"(<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>)";
    out += accepted ? "true" : "false";
    return out.append("</Ack></notificationsResponse>").append(kClose);
}

std::string soap_fault(std::string_view message) {
    std::string out(kOpen);
    out += "<soapenv:Fault><faultcode>soapenv:Server</faultcode><faultstring>";
    for (const char letter : one_line(message)) {
        if (letter == '<')
            out += "&lt;";
        else if (letter == '>')
            out += "&gt;";
        else if (letter == '&')
            out += "&amp;";
        else
            out += letter;
    }
    return out.append("</faultstring></soapenv:Fault>").append(kClose);
}

} // namespace tributary
