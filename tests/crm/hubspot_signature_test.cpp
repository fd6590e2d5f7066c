// Who signed a request: HubSpot's own examples, everything that must be taken, and many thousands that must not.
#include "crm/hubspot_signature.hpp"
#include "deal/json.hpp"

#include <boost/json/object.hpp>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

using namespace tributary;

namespace {

constexpr std::int64_t kNow = 1'790'000'000'000;
const std::string kBase = "https://ingest.example";

// One request with everything that goes into its signature, owned.
struct Call {
    std::string method = "POST";
    std::string target = "/api/sales/deals/hubspot/sync?tenant_id=t-1&workspace_id=w-1";
    std::string body = R"([{"eventId":1,"objectId":2,"subscriptionType":"deal.creation"}])";
    std::string timestamp = std::to_string(kNow);
    std::string signature_v3;
    std::string signature;
    std::string signature_version;
    std::vector<std::string> secrets = {"yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"};
    std::int64_t now_ms = kNow;
    bool v1_allowed = false;
    bool v2_allowed = false;

    void sign() { signature_v3 = hubspot_signature_v3(secrets.front(), method, kBase + target, body, timestamp); }
    [[nodiscard]] SignatureCheck check() const {
        return check_hubspot_signature({.method = method,
                                        .target = target,
                                        .body = body,
                                        .signature_v3 = signature_v3,
                                        .timestamp = timestamp,
                                        .signature = signature,
                                        .signature_version = signature_version},
                                       {.public_base = kBase, .secrets = secrets, .v1_allowed = v1_allowed, .v2_allowed = v2_allowed},
                                       now_ms);
    }
    [[nodiscard]] std::string code() const { return std::string(signature_code(check().outcome)); }
};

Call signed_call() {
    Call call;
    call.sign();
    return call;
}

std::string text_member(const boost::json::object& object, std::string_view key) {
    const auto* value = object.if_contains({key.data(), key.size()});
    return value == nullptr ? std::string{} : scalar_text(*value);
}

// The scheme and host of an address, and the rest.
std::pair<std::string, std::string> split_url(const std::string& url) {
    const std::size_t slash = url.find('/', url.find("://") + 3);
    return slash == std::string::npos ? std::pair{url, std::string{}} : std::pair{url.substr(0, slash), url.substr(slash)};
}

class Random {
  public:
    explicit Random(unsigned seed) : engine_(seed) {}
    std::size_t below(std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(engine_); }
    template <typename All>
    const auto& one_of(const All& all) {
        return all[below(std::size(all))];
    }

  private:
    std::mt19937 engine_;
};

std::string random_body(Random& random) {
    static const std::array<std::string, 6> kPieces = {"{\"a\":1}", "é",   "\xE6\x97\xA5\xE6\x9C\xAC", std::string("\0\xFF", 2),
                                                       "%2F",       "\r\n"};
    std::string body;
    for (std::size_t count = random.below(30); count > 0; --count) body += random.one_of(kPieces);
    return body;
}

std::string random_target(Random& random) {
    static const std::array<std::string, 14> kPieces = {"a",   "Zz9", "-_.~", "%20", "%C3%A9", "%E6%97%A5", "+",
                                                        "%2B", "%3a", "%2F",  "%40", "%24",    "%2C",       "%"};
    static const std::array<std::string, 8> kPlain = {":", "@", "!", "$", "'", "(", "*", ";"};
    std::string target = "/api/sales/deals/hubspot/sync";
    for (std::size_t count = random.below(4); count > 0; --count) target += "/" + random.one_of(kPieces);
    char mark = '?';
    for (std::size_t count = random.below(5); count > 0; --count, mark = '&') {
        target += mark + random.one_of(kPieces) + "=" + random.one_of(kPieces) + random.one_of(kPlain) + random.one_of(kPieces);
    }
    return target;
}

Call random_call(Random& random) {
    static const std::array<std::string, 5> kMethods = {"POST", "GET", "PUT", "PATCH", "DELETE"};
    Call call;
    call.method = random.one_of(kMethods);
    call.target = random_target(random);
    call.body = random_body(random);
    call.timestamp = std::to_string(kNow - 300'000 + static_cast<std::int64_t>(random.below(600'001)));
    return call;
}

void flip_bit(Random& random, std::string& text) { text[random.below(text.size())] ^= static_cast<char>(1U << random.below(8)); }

// What is done to a good request, or signed wrongly, so that it must be refused.
using Forgery = void (*)(Random&, Call&);
const std::array<std::pair<const char*, Forgery>, 17> kForgeries = {{
    {"a bit of the body",
     [](Random& random, Call& call) {
         call.body += "x";
         flip_bit(random, call.body);
     }},
    {"a byte more", [](Random&, Call& call) { call.body += ' '; }},
    {"a byte less", [](Random&, Call& call) { call.body.pop_back(); }},
    {"a bit of the signature", [](Random& random, Call& call) { flip_bit(random, call.signature_v3); }},
    {"a signature cut off", [](Random& random, Call& call) { call.signature_v3.resize(1 + random.below(call.signature_v3.size() - 1)); }},
    {"a signature that goes on", [](Random&, Call& call) { call.signature_v3 += "="; }},
    {"another method", [](Random&, Call& call) { call.method = call.method == "POST" ? "PUT" : "POST"; }},
    {"the method in small letters", [](Random&, Call& call) { call.method[0] = static_cast<char>(call.method[0] | 0x20); }},
    {"another address", [](Random&, Call& call) { call.target += call.target.find('?') == std::string::npos ? "?x=1" : "&x=1"; }},
    {"a letter of the address", [](Random& random, Call& call) { call.target[1 + random.below(3)] ^= 1; }},
    {"another time in the window",
     [](Random&, Call& call) {
         call.timestamp = std::to_string(std::stoll(call.timestamp) + (std::stoll(call.timestamp) < kNow ? 1 : -1));
     }},
    {"another secret", [](Random& random, Call& call) { flip_bit(random, call.secrets.front()); }},
    {"hex instead of base64",
     [](Random&, Call& call) {
         call.signature_v3 = hubspot_signature_v2(call.secrets.front(), call.method, kBase + call.target, call.body + call.timestamp);
     }},
    {"the body alone", [](Random&, Call& call) { call.signature_v3 = hubspot_signature_v3(call.secrets.front(), "", "", call.body, ""); }},
    {"no time in it",
     [](Random&, Call& call) {
         call.signature_v3 = hubspot_signature_v3(call.secrets.front(), call.method, kBase + call.target, call.body, "");
     }},
    {"the path alone",
     [](Random&, Call& call) {
         call.signature_v3 = hubspot_signature_v3(call.secrets.front(), call.method, call.target, call.body, call.timestamp);
     }},
    {"body and time swapped",
     [](Random&, Call& call) {
         call.signature_v3 = hubspot_signature_v3(call.secrets.front(), call.method, kBase + call.target, call.timestamp, call.body);
     }},
}};

} // namespace

TEST(HubspotSignature, EveryVectorIsJudgedAsItSays) {
    std::ifstream file(std::filesystem::path(TRIBUTARY_SOURCE_DIR) / ".." / "shared" / "wire/vectors/signatures.json", std::ios::binary);
    if (!file) GTEST_SKIP() << "no shared vectors beside the checkout";
    const auto vectors = parse_json(std::string(std::istreambuf_iterator<char>(file), {}));
    ASSERT_TRUE(vectors);
    std::size_t seen = 0;
    for (const auto& each : vectors->as_array()) {
        const auto& vector = each.as_object();
        const std::string scheme = text_member(vector, "scheme");
        if (!scheme.starts_with("hubspot_")) continue;
        const auto& headers = vector.at("headers").as_object();
        const auto [base, target] = split_url(text_member(vector, "url"));
        const std::string body = text_member(vector, "body");
        const std::string v3 = text_member(headers, "X-HubSpot-Signature-v3");
        const std::string time = text_member(headers, "X-HubSpot-Request-Timestamp");
        const std::string older = text_member(headers, "X-HubSpot-Signature");
        const std::string version = text_member(headers, "X-HubSpot-Signature-Version");
        const std::string method = text_member(vector, "method");
        const std::vector<std::string> secrets = {text_member(vector, "secret")};
        const std::int64_t now_ms = vector.contains("now_ms") ? vector.at("now_ms").as_int64() : kNow;
        const auto check =
            check_hubspot_signature({.method = method,
                                     .target = target,
                                     .body = body,
                                     .signature_v3 = v3,
                                     .timestamp = time,
                                     .signature = older,
                                     .signature_version = version},
                                    {.public_base = base, .secrets = secrets, .v1_allowed = true, .v2_allowed = true}, now_ms);
        const std::string expect = text_member(vector, "expect");
        const auto wanted = expect == "stale"      ? SignatureOutcome::Expired
                            : expect == "mismatch" ? SignatureOutcome::Mismatch
                                                   : SignatureOutcome::Accepted;
        EXPECT_EQ(signature_code(check.outcome), signature_code(wanted)) << text_member(vector, "id");
        ++seen;
    }
    EXPECT_EQ(seen, 13U);
}

TEST(HubspotSignature, HubspotsPublishedExamplesAreAccepted) {
    const std::vector<std::string> secrets = {"yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"};
    EXPECT_EQ(hubspot_signature_v2(secrets[0], "GET", "https://www.example.com/webhook_uri", ""),
              "eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e");
    EXPECT_EQ(hubspot_signature_v2(secrets[0], "POST", "https://www.example.com/webhook_uri", R"({"example_field":"example_value"})"),
              "9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900");
}

TEST(HubspotSignature, AGenuineRequestIsAcceptedInEveryWritingHubspotMightSign) {
    Random random(20'261);
    std::array<std::size_t, 3> taken{};
    for (int at = 0; at < 1'500; ++at) {
        Call call = random_call(random);
        const std::string uri = kBase + call.target;
        const std::array<std::string, 3> writings = {uri, decode_reserved(uri), decode_all_escapes(uri)};
        const std::size_t writing = static_cast<std::size_t>(at) % 3;
        call.signature_v3 = hubspot_signature_v3(call.secrets[0], call.method, writings[writing], call.body, call.timestamp);
        ASSERT_EQ(call.code(), "accepted") << call.method << " " << call.target;
        ASSERT_EQ(call.check().version, SignatureVersion::V3);
        if (writings[writing] != uri || writing == 0) ++taken[writing];
    }
    for (const std::size_t count : taken) EXPECT_GT(count, 200U) << "the random addresses do hold what is decoded";
}

TEST(HubspotSignature, NoForgedOrAlteredRequestIsAccepted) {
    Random random(404);
    std::size_t refused = 0;
    for (int round = 0; round < 700; ++round) {
        for (const auto& [name, forge] : kForgeries) {
            Call call = random_call(random);
            call.body += "{}"; // never empty, so that there is something to cut
            call.timestamp = std::to_string(kNow - 200'000 + static_cast<std::int64_t>(random.below(400'000)));
            call.sign();
            ASSERT_EQ(call.code(), "accepted");
            Call forged = call;
            forge(random, forged);
            const std::string code = forged.code();
            ASSERT_TRUE(code == "signature_mismatch") << name << ": " << code << " " << forged.method << " " << forged.target;
            ++refused;
        }
    }
    EXPECT_GE(refused, 10'000U);
}

TEST(HubspotSignature, ASignatureOfOneRequestIsNoneOfAnother) {
    Random random(7);
    for (int at = 0; at < 500; ++at) {
        Call left = random_call(random);
        Call right = random_call(random);
        if (decode_all_escapes(left.method + left.target + left.body) == decode_all_escapes(right.method + right.target + right.body))
            continue;
        left.sign();
        right.sign();
        std::swap(left.signature_v3, right.signature_v3);
        ASSERT_EQ(left.code(), "signature_mismatch");
        ASSERT_EQ(right.code(), "signature_mismatch");
    }
}

TEST(HubspotSignature, TheWindowIsFiveMinutesOnBothSides) {
    const std::array<std::pair<std::int64_t, const char*>, 6> cases = {{{-300'001, "signature_expired"},
                                                                        {-300'000, "accepted"},
                                                                        {-299'999, "accepted"},
                                                                        {299'999, "accepted"},
                                                                        {300'000, "accepted"},
                                                                        {300'001, "signature_expired"}}};
    for (const auto& [ahead_ms, wanted] : cases) {
        Call call;
        call.timestamp = std::to_string(kNow + ahead_ms);
        call.sign();
        EXPECT_EQ(call.code(), wanted) << ahead_ms;
    }
}

TEST(HubspotSignature, ATimeThatIsNoneIsRefused) {
    for (const std::string time :
         {"", " 1790000000000", "1790000000000 ", "+1790000000000", "-1", "1790000000000.0", "0x1", "abc", "99999999999999999999999"}) {
        Call call;
        call.timestamp = time;
        call.sign();
        EXPECT_EQ(call.code(), "signature_timestamp_invalid") << time;
    }
    Call seconds;
    seconds.timestamp = "1790000000";
    seconds.sign();
    EXPECT_EQ(seconds.code(), "signature_expired");
    Call last;
    last.timestamp = "9223372036854775807";
    last.sign();
    EXPECT_EQ(last.code(), "signature_expired");
}

TEST(HubspotSignature, EachOfSeveralSecretsMaySign) {
    Call call = signed_call();
    call.secrets = {"new", "", "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"};
    EXPECT_EQ(call.code(), "accepted");
    call.secrets = {"new"};
    EXPECT_EQ(call.code(), "signature_mismatch");
    call.secrets = {"", ""};
    EXPECT_EQ(call.code(), "signature_secret_missing");
    call.secrets.assign(kSignatureSecretsMax, "new");
    call.secrets.push_back("yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy");
    EXPECT_EQ(call.code(), "signature_mismatch") << "no more are tried than the limit says";
}

TEST(HubspotSignature, AnEmptySecretSignsNothing) {
    Call call;
    call.signature_v3 = hubspot_signature_v3("", call.method, kBase + call.target, call.body, call.timestamp);
    call.secrets = {"", "real"};
    EXPECT_EQ(call.code(), "signature_mismatch");
}

TEST(HubspotSignature, ABadThirdVersionIsFinal) {
    Call call = signed_call();
    call.v1_allowed = call.v2_allowed = true;
    call.signature = hubspot_signature_v1(call.secrets[0], call.body);
    call.signature_version = "v1";
    call.signature_v3[0] = call.signature_v3[0] == 'A' ? 'B' : 'A';
    EXPECT_EQ(call.code(), "signature_mismatch");
    call.signature_v3.clear();
    EXPECT_EQ(call.code(), "accepted");
    EXPECT_EQ(call.check().version, SignatureVersion::V1);
}

TEST(HubspotSignature, TheOlderVersionsAreTakenOnlyWhereAllowed) {
    Call first;
    first.signature = hubspot_signature_v1(first.secrets[0], first.body);
    first.signature_version = "v1";
    EXPECT_EQ(first.code(), "signature_version_not_allowed");
    first.v2_allowed = true;
    EXPECT_EQ(first.code(), "signature_version_not_allowed");
    first.v1_allowed = true;
    EXPECT_EQ(first.code(), "accepted");
    Call second;
    second.signature = hubspot_signature_v2(second.secrets[0], second.method, kBase + second.target, second.body);
    second.signature_version = "v2";
    EXPECT_EQ(second.code(), "signature_version_not_allowed");
    second.v2_allowed = true;
    EXPECT_EQ(second.code(), "accepted");
    second.target += "&x=1";
    EXPECT_EQ(second.code(), "signature_mismatch");
    for (const std::string version : {"", "v3", "v4", "V1"}) {
        first.signature_version = version;
        EXPECT_EQ(first.code(), "signature_version_not_allowed") << version;
    }
}

TEST(HubspotSignature, WithoutAnySignatureTheRequestIsNobodys) {
    Call call;
    EXPECT_EQ(call.code(), "signature_missing");
    call.sign();
    call.secrets.clear();
    EXPECT_EQ(call.code(), "signature_secret_missing");
}

TEST(HubspotSignature, EscapesAreDecodedAsFarAsTheWritingSays) {
    EXPECT_EQ(decode_reserved("/a%3Ab%2f%3F%40%21%24%27%28%29%2A%2C%3B%20%2D+%"), "/a:b/?@!$'()*,;%20%2D+%");
    EXPECT_EQ(decode_all_escapes("/a%20%2D+%C3%A9%zz%4"), "/a -+\xC3\xA9%zz%4");
    EXPECT_EQ(decode_all_escapes("%2525"), "%25") << "once, not twice";
}

TEST(HubspotSignature, ABaseWithASlashAtItsEndIsTheSame) {
    const Call call = signed_call();
    const auto check = check_hubspot_signature(
        {.method = call.method, .target = call.target, .body = call.body, .signature_v3 = call.signature_v3, .timestamp = call.timestamp},
        {.public_base = "https://ingest.example/", .secrets = call.secrets}, kNow);
    EXPECT_EQ(check.outcome, SignatureOutcome::Accepted);
}
