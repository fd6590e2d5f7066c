// Records are cut out of a batch without being read.
#include "door_reading.hpp"
#include "sources/json_slices.hpp"

using namespace door_reading;

TEST(JsonSlices, EveryElementIsGivenAsWritten) {
    const auto elements = json_elements(R"( [ {"a":[1,2]} ,"x,]\"", 7 , [] ,null] )", 10);
    ASSERT_TRUE(elements);
    EXPECT_EQ(*elements, (std::vector<std::string_view>{R"({"a":[1,2]})", R"("x,]\"")", "7", "[]", "null"}));
    EXPECT_TRUE(json_elements("[]", 0)->empty());
}

TEST(JsonSlices, MembersKeepTheirKeysAsWritten) {
    const auto members = json_members(R"({"de\u0061ls":[1], "x" : {"y":2}})", 10);
    ASSERT_TRUE(members);
    ASSERT_EQ(members->size(), 2U);
    EXPECT_EQ((*members)[0].key, R"("de\u0061ls")");
    EXPECT_EQ((*members)[1].value, R"({"y":2})");
}

TEST(JsonSlices, ABodyThatIsNoArrayIsRefused) {
    for (const std::string_view text : {"", "[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1]x", "[\"a]", "[{]", "]", "{}", "[{\"a\":\"}]"}) {
        const auto elements = json_elements(text, 10);
        ASSERT_FALSE(elements) << text;
        EXPECT_EQ(elements.error().code, "invalid_json") << text;
    }
    for (const std::string_view text : {"{", "{1:2}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":1}x", "[]"})
        EXPECT_FALSE(json_members(text, 10)) << text;
}

TEST(JsonSlices, MoreRecordsThanTheLimitAreTooMany) {
    const auto elements = json_elements("[1,2,3]", 2);
    ASSERT_FALSE(elements);
    EXPECT_EQ(elements.error().code, "too_many_rows");
    EXPECT_EQ(elements.error().reason, Reason::TooLarge);
}

TEST(JsonSlices, SlicesOfAWrittenArrayAreItsElements) {
    EXPECT_TRUE(rc::check("cutting undoes joining", [](const std::vector<std::string>& texts) {
        std::string body = "[";
        std::vector<std::string> wanted;
        for (const std::string& text : texts) {
            std::string element = "{\"v\":";
            append_json_string(element, text);
            element += '}';
            body += wanted.empty() ? "" : " ,\n";
            body += element;
            wanted.push_back(element);
        }
        body += ']';
        const auto elements = json_elements(body, texts.size());
        RC_ASSERT(elements.has_value());
        RC_ASSERT(std::vector<std::string>(elements->begin(), elements->end()) == wanted);
    }));
}
