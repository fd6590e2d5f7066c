#include "outside/hubspot_oauth.hpp"

#include "outside/hubspot_answers.hpp"
#include "outside/url_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <utility>

namespace tributary::outside {
namespace {

constexpr std::size_t kAnswerBytesMax = std::size_t{256} * 1024;
constexpr std::string_view kTokenInfoPath = "/oauth/v1/access-tokens/";
constexpr std::string_view kOldRevokePath = "/oauth/v1/refresh-tokens/";

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
    return out;
}

bool is_one_of(std::string_view word, std::span<const std::string_view> words) { return std::ranges::find(words, word) != words.end(); }

// What an answer says of itself: RFC 6749's error, or HubSpot's own words of the older versions.
std::string error_word(const boost::json::value& body) {
    for (const std::string_view name : {"error", "category", "status"})
        if (std::string word = text_member(body, name); !word.empty() && word != "error") return word;
    return {};
}

CallFailure token_failure(const HttpsAnswer& answer) {
    constexpr std::array<std::string_view, 4> kLost{kInvalidGrant, "BAD_REFRESH_TOKEN", "BAD_AUTH_CODE", "EXPIRED_AUTH_CODE"};
    constexpr std::array<std::string_view, 4> kNotUs{kInvalidClient, "unauthorized_client", "BAD_CLIENT_ID", "BAD_CLIENT_SECRET"};
    CallFailure failure = hubspot_failure(answer).value_or(call_failure(FailureKind::Garbled, "not_json", answer.status));
    if (answer.status < 400 || answer.status >= 500 || failure.kind == FailureKind::Throttled || failure.kind == FailureKind::DailyLimit ||
        failure.kind == FailureKind::TimedOut)
        return failure;
    const auto body = read_answer(answer);
    const std::string word = body ? error_word(*body) : std::string();
    if (is_one_of(word, kNotUs)) return call_failure(FailureKind::Rejected, kInvalidClient, answer.status, failure.said);
    if (answer.status == 403 || is_one_of(word, kLost))
        return call_failure(FailureKind::Unauthorised, kInvalidGrant, answer.status, failure.said);
    return call_failure(failure.kind, word.empty() ? failure.code : word, answer.status, failure.said);
}

std::int64_t whole_number(const std::string& text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return std::max<std::int64_t>(number, 0);
}

// A list, or words with blanks between.
std::vector<std::string> scopes_of(const boost::json::value& body) {
    std::vector<std::string> scopes;
    for (const boost::json::value& scope : array_member(body, "scopes"))
        if (scope.is_string()) scopes.emplace_back(scope.get_string());
    const std::string words = text_member(body, "scope");
    for (std::size_t at = 0; scopes.empty() && at < words.size();) {
        const std::size_t end = std::min(words.find(' ', at), words.size());
        if (end > at) scopes.push_back(words.substr(at, end - at));
        at = end + 1;
    }
    return scopes;
}

TokenInfo info_of(const boost::json::value& body) {
    std::string user = text_member(body, "user");
    if (user.empty()) user = text_member(body, "user_id");
    return {.hub_id = text_member(body, "hub_id"),
            .user = std::move(user),
            .scopes = scopes_of(body),
            .expires_in_s = whole_number(text_member(body, "expires_in"))};
}

} // namespace

bool is_grant_lost(const CallFailure& failure) { return failure.kind == FailureKind::Unauthorised && failure.code == kInvalidGrant; }

std::string hubspot_authorise_url(const HubspotOauthSettings& settings, std::string_view state, std::string_view challenge,
                                  std::string_view portal_id) {
    const std::string account = portal_id.empty() ? std::string() : url_encoded(portal_id) + "/";
    const std::string scopes = joined(settings.scopes);
    const std::string optional_scopes = joined(settings.optional_scopes);
    return settings.authorise_url + "/oauth/" + account + "authorize?" +
           form_text({{"client_id", settings.client_id},
                      {"redirect_uri", settings.redirect_uri},
                      {"scope", scopes},
                      {"optional_scope", optional_scopes},
                      {"state", state},
                      {"code_challenge", challenge},
                      {"code_challenge_method", challenge.empty() ? "" : "S256"}});
}

HubspotOauth::HubspotOauth(HttpsClient& client, HubspotOauthSettings settings) : client_(client), settings_(std::move(settings)) {}

Called<HttpsAnswer> HubspotOauth::send(std::string method, const std::string& path, std::string form, const std::stop_token& stop) {
    HttpsCall call{.method = std::move(method), .url = settings_.api_url + path, .headers = {{"Accept", "application/json"}}};
    if (!form.empty()) call.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    call.body = std::move(form);
    call.deadline_ms = settings_.deadline_ms;
    call.body_bytes_max = kAnswerBytesMax;
    auto answer = client_.send(call, stop);
    if (!answer || (answer->status >= 200 && answer->status < 300)) return answer;
    CallFailure failure = token_failure(*answer);
    failure.said.clear(); // it may quote the secret or the token that was sent, and its code says enough
    return std::unexpected(std::move(failure));
}

Called<OauthGrant> HubspotOauth::ask_for_tokens(std::string form, const std::stop_token& stop) {
    const auto answer = send("POST", settings_.token_path, std::move(form), stop);
    if (!answer) return std::unexpected(answer.error());
    const auto body = read_answer(*answer);
    if (!body) return std::unexpected(body.error());
    TokenInfo info = info_of(*body);
    OauthGrant grant{.access = text_member(*body, "access_token"),
                     .refresh = text_member(*body, "refresh_token"),
                     .expires_in_s = info.expires_in_s,
                     .hub_id = std::move(info.hub_id),
                     .user = std::move(info.user),
                     .scopes = std::move(info.scopes)};
    if (grant.access.empty() || grant.expires_in_s == 0)
        return std::unexpected(call_failure(FailureKind::Garbled, "no_token", answer->status));
    return grant;
}

Called<OauthGrant> HubspotOauth::exchange(const std::string& code, const std::string& verifier, const std::stop_token& stop) {
    auto grant = ask_for_tokens(form_text({{"grant_type", "authorization_code"},
                                           {"client_id", settings_.client_id},
                                           {"client_secret", settings_.client_secret},
                                           {"redirect_uri", settings_.redirect_uri},
                                           {"code", code},
                                           {"code_verifier", verifier}}),
                                stop);
    if (!grant) return grant;
    if (grant->refresh.empty()) return std::unexpected(call_failure(FailureKind::Garbled, "no_token"));
    if (!grant->hub_id.empty() && !grant->scopes.empty()) return grant;
    auto info = token_info(grant->access, stop);
    if (!info) return std::unexpected(info.error());
    if (grant->hub_id.empty()) grant->hub_id = std::move(info->hub_id);
    if (grant->user.empty()) grant->user = std::move(info->user);
    if (grant->scopes.empty()) grant->scopes = std::move(info->scopes);
    return grant;
}

Called<OauthGrant> HubspotOauth::renew(const std::string& refresh, const std::stop_token& stop) {
    auto grant = ask_for_tokens(form_text({{"grant_type", "refresh_token"},
                                           {"client_id", settings_.client_id},
                                           {"client_secret", settings_.client_secret},
                                           {"redirect_uri", settings_.redirect_uri},
                                           {"refresh_token", refresh}}),
                                stop);
    if (grant && grant->refresh.empty()) grant->refresh = refresh;
    return grant;
}

Called<TokenInfo> HubspotOauth::token_info(const std::string& access, const std::stop_token& stop) {
    auto answer = send("GET", std::string(kTokenInfoPath) + url_encoded(access), "", stop);
    if (!answer && answer.error().kind == FailureKind::NotFound)
        answer = send("POST", settings_.introspect_path,
                      form_text({{"token", access}, {"client_id", settings_.client_id}, {"client_secret", settings_.client_secret}}), stop);
    if (!answer) return std::unexpected(answer.error());
    const auto body = read_answer(*answer);
    if (!body) return std::unexpected(body.error());
    if (text_member(*body, "active") == "false")
        return std::unexpected(call_failure(FailureKind::Unauthorised, "inactive", answer->status));
    TokenInfo info = info_of(*body);
    if (info.hub_id.empty()) return std::unexpected(call_failure(FailureKind::Garbled, "no_hub_id", answer->status));
    return info;
}

Called<void> HubspotOauth::revoke(const std::string& refresh, const std::stop_token& stop) {
    auto answer = send("POST", settings_.revoke_path,
                       form_text({{"token", refresh},
                                  {"token_type_hint", "refresh_token"},
                                  {"client_id", settings_.client_id},
                                  {"client_secret", settings_.client_secret}}),
                       stop);
    if (!answer && answer.error().kind == FailureKind::NotFound)
        answer = send("DELETE", std::string(kOldRevokePath) + url_encoded(refresh), "", stop);
    if (answer || answer.error().kind == FailureKind::NotFound || is_grant_lost(answer.error())) return {};
    return std::unexpected(answer.error());
}

} // namespace tributary::outside
