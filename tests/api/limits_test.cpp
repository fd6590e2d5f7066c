// What the contract and the operators' page say of limits is what the code holds: each figure is written from its constant.
#include "api/errors_csv.hpp"
#include "api/import.hpp"
#include "api/rate_limit.hpp"
#include "deal/field.hpp"
#include "deal/json.hpp"
#include "http/http.hpp"
#include "pipeline/writer.hpp"
#include "sources/crm_record.hpp"
#include "sources/csv_reader.hpp"
#include "sources/form_urlencoded.hpp"
#include "sources/json_deal.hpp"
#include "sources/multipart.hpp"
#include "sources/ndjson.hpp"
#include "sources/salesforce_soap.hpp"
#include "sources/source.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

namespace tributary {
namespace {

std::string text_of(const std::string& name) {
    std::ifstream file(std::string(TRIBUTARY_SOURCE_DIR) + "/" + name);
    std::ostringstream text;
    text << file.rdbuf();
    EXPECT_FALSE(text.str().empty()) << name;
    std::string flat;
    for (const char c : text.str()) { // a sentence may be broken over lines
        if (c != '\n' && (c != ' ' || !flat.ends_with(' ')))
            flat += c;
        else if (c == '\n' && !flat.ends_with(' '))
            flat += ' ';
    }
    return flat;
}

// 18000 is "18,000".
std::string count(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
    return text;
}

// 1048576 is "1 MiB".
std::string bytes(std::size_t number) {
    constexpr std::size_t kKib = 1024;
    constexpr std::size_t kMib = kKib * 1024;
    return number % kMib == 0 ? std::to_string(number / kMib) + " MiB" : std::to_string(number / kKib) + " KiB";
}

std::size_t body_bytes_max(std::string_view path) {
    for (const SourceSpec& spec : all_sources()) {
        for (const Door& door : spec.doors) {
            if (door.path == path) return door.body_bytes_max;
        }
    }
    throw std::logic_error("no such door");
}

struct LimitTexts : ::testing::Test {
    std::string contract = text_of("api/openapi.yaml");
    std::string operations = text_of("docs/operations.md");
    http::Limits http;

    void contract_says(const std::string& words) const { EXPECT_NE(contract.find(words), std::string::npos) << words; }
    void operations_say(const std::string& words) const { EXPECT_NE(operations.find(words), std::string::npos) << words; }
};

TEST_F(LimitTexts, OfHttp) {
    contract_says("head_too_large: { status: 431, means: 'More than " + bytes(http.head_bytes_max) + ".' }");
    contract_says("too_many_headers: { status: 431, means: 'More than " + count(http.headers_max) + ".' }");
    operations_say("| request head | " + bytes(http.head_bytes_max) + ", " + count(http.headers_max) + " headers | 431 |");
    operations_say("| time for a head | " + std::to_string(http.head_timeout_s) + " s | 408 |");
    operations_say("| speed of a body | " + bytes(http.body_rate_min_bytes_per_s) + "/s after " + std::to_string(http.body_grace_s) +
                   " s | 408 |");
    operations_say("| idle connection | " + std::to_string(http.idle_timeout_s) + " s |");
    operations_say("| connections | " + count(http.connections_max) + " |");
    operations_say("| live socket's queue | " + bytes(http.live_queue_bytes_max) + " |");
    operations_say("requests in flight finish (" + std::to_string(http.drain_s) + " s at most)");
}

TEST_F(LimitTexts, OfBodies) {
    const std::size_t one = body_bytes_max("/api");
    for (const char* door : {"/manual", "/web-form", "/email"}) EXPECT_EQ(body_bytes_max(door), one) << door;
    const std::size_t sync = body_bytes_max("/hubspot/sync");
    EXPECT_EQ(body_bytes_max("/salesforce/sync"), sync);
    const std::size_t many = body_bytes_max("/bulk");
    for (const char* door : {"/hubspot/batch-sync", "/salesforce/batch-sync"}) EXPECT_EQ(body_bytes_max(door), many) << door;
    const std::size_t file = body_bytes_max("/csv/upload");
    contract_says("Bodies: " + bytes(one) + "; " + bytes(sync) + " at the `/sync` doors of CRMs; " + bytes(many) +
                  " at `/bulk` and the `/batch-sync` doors; files up to " + bytes(file) + ", streamed.");
    operations_say("| JSON body | " + bytes(one) + "; `/sync` doors of CRMs " + bytes(sync) + "; `/bulk` and `/batch-sync` doors " +
                   bytes(many) + " | 413 |");
    operations_say("| file | streamed, in constant memory; " + bytes(file) + " | 413 |");
    contract_says("line_too_long: { status: 400, means: 'A line of NDJSON above " + bytes(kNdjsonLineBytesMax) + ".' }");
    contract_says("too_many_rows: { status: 413, means: 'More than " + count(kCrmRecordsMax) + " records");
    contract_says("too_many_elements: { status: 413, means: 'An outbound message with more than " + count(kSoapElementsMax) +
                  " elements.' }");
    contract_says("too_many_notifications: { status: 413, means: 'An outbound message with more than " + count(kSoapNotificationsMax) +
                  " notifications.' }");
    contract_says("too_many_fields: { status: 400, means: 'A form with more than " + count(kFormFieldsMax) + " fields.' }");
    contract_says("too_many_parts: { status: 413, means: 'A form with more than " + count(kPartsMax) + " parts.' }");
}

TEST_F(LimitTexts, OfJson) {
    contract_says("at most " + count(kJsonDepthMax) + " levels deep");
    contract_says("too_deep: { status: 400, means: 'More than " + count(kJsonDepthMax) + " levels.' }");
    contract_says("string_too_long: { status: 400, means: 'A string above " + bytes(kJsonStringBytesMax) + ".' }");
    contract_says("too_many_members: { status: 400, means: 'More than " + count(kJsonMembersMax) + " members in one object.' }");
    operations_say("| JSON | " + count(kJsonDepthMax) + " levels, strings " + bytes(kJsonStringBytesMax) + ", " + count(kJsonMembersMax) +
                   " members an object");
}

TEST_F(LimitTexts, OfFiles) {
    contract_says("cell_too_long: { means: 'A cell above " + bytes(kCsvCellBytesMax) + ".' }");
    contract_says("row_too_long: { means: 'A row above " + bytes(kCsvRecordBytesMax) + ".' }");
    contract_says("More cells than the header, or than " + count(kCsvCellsMax) + ".");
}

TEST_F(LimitTexts, OfDeals) {
    const auto most = [](Field field) { return count(field_bytes_max(field)); };
    EXPECT_EQ(most(Field::ContactName), most(Field::ContactEmail));
    EXPECT_EQ(most(Field::ContactName), most(Field::ContactPhone));
    contract_says("A name has at most " + most(Field::Name) + " bytes of UTF-8, a company " + most(Field::Company) +
                  ", a contact's fields " + most(Field::ContactName) + ", an owner " + most(Field::Owner) + ", a reason of loss " +
                  most(Field::LostReason) + ", a description " + most(Field::Description) + "; a deal has at most " +
                  count(kExternalIdsMax) + " external ids.");
    contract_says("too_many: { means: 'More than the " + count(kExternalIdsMax) + " external ids a deal may have.' }");
    contract_says("Longer than " + count(kExternalIdBytesMax) + " bytes, or of a system whose name is longer than " +
                  count(kExternalSystemBytesMax) + ".");
    contract_says("id: { type: string, minLength: 1, maxLength: " + std::to_string(kExternalIdBytesMax) + " }");
    contract_says("system: { type: string, minLength: 1, maxLength: " + std::to_string(kExternalSystemBytesMax) + " }");
}

TEST_F(LimitTexts, OfAnswersAndQueues) {
    EXPECT_EQ(Import::kResultsShown, Import::kProblemRowsShown);
    contract_says("Above " + count(Import::kResultsShown) + " rows only the rejected and the warned ones, the first " +
                  count(Import::kProblemRowsShown) + " of them");
    contract_says("The row as received, at most " + bytes(kRawRowBytesMax) + ".");
    contract_says("at most " + count(kErrorRowsMax) + " rows. For batches");
    contract_says("overloaded: { status: 429, means: '" + count(Writer::kSinglesQueuedMax) + " requests are waiting to be stored.' }");
    operations_say("| waiting single deals | " + count(Writer::kSinglesQueuedMax) + " | 429");
    operations_say("member and viewer keys " + count(RateLimits::kMemberPerMinute) + "; form keys " + count(RateLimits::kFormKeyPerMinute) +
                   ", and " + count(RateLimits::kFormAddressPerMinute) + " for one address or e-mail");
    operations_say("slices (up to " + count(Import::kRowsPerSlice) + " rows)");
}

} // namespace
} // namespace tributary
