// JSON: strict reading, exact writing.
#include "deal/json.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace tributary;

namespace {

const std::filesystem::path kData = std::filesystem::path(TRIBUTARY_SOURCE_DIR) / ".." / "shared" / "data";

std::string file_text(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string code_of(std::string_view text) {
    const auto value = parse_json(text);
    return value ? "ok" : value.error().code;
}

std::string message_of(std::string_view text) {
    const auto value = parse_json(text);
    return value ? "ok" : value.error().message;
}

std::string json_of(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

std::string number(double value) {
    std::string out;
    append_json_number(out, value);
    return out;
}

std::string again(std::string_view text) {
    const auto value = parse_json(text);
    if (!value) return value.error().message;
    std::string out;
    append_json(out, *value);
    return out;
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

} // namespace

TEST(JsonSuite, EveryValidTextIsAcceptedAndEveryInvalidOneRefused) {
    const auto folder = kData / "json-testsuite" / "test_parsing";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no JSONTestSuite at " << folder;
    int valid = 0;
    int invalid = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        const std::string text = file_text(entry.path());
        const auto grammar = parse_json_noting_duplicates(text);
        const auto strict = parse_json(text);
        if (name.starts_with("y_")) {
            ++valid;
            ASSERT_TRUE(grammar) << name << ": " << grammar.error().message;
            EXPECT_EQ(strict.has_value(), !grammar->has_duplicate) << name;
            EXPECT_EQ(grammar->has_duplicate, name.find("duplicated_key") != std::string::npos) << name;
        } else if (name.starts_with("n_")) {
            ++invalid;
            EXPECT_FALSE(grammar) << name;
            EXPECT_FALSE(strict) << name;
        }
        // Texts left to the implementation (i_) must only end well; when taken, they must write and read back.
        if (strict) EXPECT_TRUE(parse_json(again(text))) << name;
    }
    EXPECT_EQ(valid, 95);
    EXPECT_EQ(invalid, 188);
}

TEST(JsonReading, RefusesAKeyThatComesTwiceAtAnyDepth) {
    EXPECT_EQ(code_of(R"({"a":1,"a":1})"), "duplicate_key");
    EXPECT_EQ(code_of(R"({"a":1,"\u0061":2})"), "duplicate_key");
    EXPECT_EQ(code_of(R"([{"b":[{"x":{"a":1,"c":2,"a":{"a":1}}}]}])"), "duplicate_key");
    EXPECT_EQ(code_of(R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]})"), "ok");
    EXPECT_EQ(code_of(R"({"":1,"":2})"), "duplicate_key");
    const auto refused = parse_json("{\"name\":1,\n \"name\":2}");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().details.front().field, "name");
    EXPECT_NE(refused.error().message.find("line 2"), std::string::npos) << refused.error().message;
    const auto noted = parse_json_noting_duplicates(R"({"a":1,"b":2,"a":3})");
    ASSERT_TRUE(noted);
    EXPECT_TRUE(noted->has_duplicate);
    EXPECT_EQ(noted->duplicate_key, "a");
    EXPECT_EQ(noted->value.at("a").as_int64(), 3);
    EXPECT_FALSE(parse_json_noting_duplicates(R"({"a":1})")->has_duplicate);
    const std::string long_key(300, 'k'); // longer than any piece a key is told in
    EXPECT_EQ(code_of("{\"" + long_key + "\\n\":1,\"" + long_key + "\\n\":1}"), "duplicate_key");
}

TEST(JsonReading, HoldsItsLimits) {
    EXPECT_EQ(code_of(nested(kJsonDepthMax)), "ok");
    EXPECT_EQ(code_of(nested(kJsonDepthMax + 1)), "too_deep");
    EXPECT_EQ(code_of(std::string(100'000, '[')), "too_deep");
    EXPECT_EQ(code_of(json_of(std::string(kJsonStringBytesMax, 'x'))), "ok");
    EXPECT_EQ(code_of(json_of(std::string(kJsonStringBytesMax + 1, 'x'))), "string_too_long");
    EXPECT_EQ(code_of("{" + json_of(std::string(kJsonStringBytesMax + 1, 'x')) + ":1}"), "string_too_long");
    const auto object_of = [](std::size_t members) {
        std::string text = "{";
        for (std::size_t at = 0; at < members; ++at) append_key(text, "k" + std::to_string(at)), text += '1';
        return text + "}";
    };
    EXPECT_EQ(code_of(object_of(kJsonMembersMax)), "ok");
    EXPECT_EQ(code_of(object_of(kJsonMembersMax + 1)), "too_many_members");
}

TEST(JsonReading, RefusesNumbersNoDoubleHolds) {
    EXPECT_EQ(code_of("1e400"), "number_out_of_range");
    EXPECT_EQ(code_of("[-1e400]"), "number_out_of_range");
    EXPECT_EQ(code_of("1e99999999999"), "number_out_of_range");
    EXPECT_EQ(code_of(std::string(400, '9')), "number_out_of_range");
    EXPECT_EQ(code_of("1e-400"), "ok");
    EXPECT_EQ(code_of("1e-99999"), "ok");
    EXPECT_EQ(code_of("1e-99999999999"), "number_out_of_range"); // no exponent anyone means
    EXPECT_EQ(code_of("0e400"), "ok");
    EXPECT_EQ(code_of("1.7976931348623157e308"), "ok");
    for (const char* text : {"NaN", "Infinity", "-Infinity", "0x10", "01", "+1", "1.", ".5", "1e", "-"})
        EXPECT_EQ(code_of(text), "invalid_json") << text;
}

TEST(JsonReading, SaysWhereItStopped) {
    EXPECT_NE(message_of("{\n  \"name\": tru\n}").find("line 2"), std::string::npos);
    EXPECT_NE(message_of("").find("line 1, column 1"), std::string::npos) << message_of("");
    EXPECT_NE(message_of("{\"a\":1} x").find("line 1, column 9"), std::string::npos) << message_of("{\"a\":1} x");
    EXPECT_NE(message_of("[\"ää\", x]").find("line 1, column 8"), std::string::npos) << message_of("[\"ää\", x]");
}

TEST(JsonReading, RefusesBadUtf8AndHalfSurrogates) {
    for (const char* text : {"\"\xFF\"", "\"\xC0\x80\"", "\"\xED\xA0\x80\"", "\"\xF4\x90\x80\x80\"", "\"\xE2\x82\"", R"("\ud800")",
                             R"("\ud800x")", R"("\udc00")", "\"a\nb\"", "\xEF\xBB\xBF{}"}) {
        EXPECT_EQ(code_of(text), "invalid_json") << text;
    }
    EXPECT_EQ(scalar_text(parse_json(R"("\ud83d\ude00")").value()), "😀");
}

TEST(JsonReading, DoublesAreTheNearestOnes) {
    EXPECT_TRUE(rc::check([](double value) {
        RC_PRE(std::isfinite(value));
        char text[64];
        std::snprintf(text, sizeof text, "%.17g", value);
        const auto read = parse_json(text);
        RC_ASSERT(read.has_value());
        RC_ASSERT(read->to_number<double>() == std::strtod(text, nullptr));
    }));
    EXPECT_TRUE(rc::check([] {
        const auto digits = *rc::gen::container<std::string>(40, rc::gen::inRange('1', '9'));
        const auto point = *rc::gen::inRange<std::size_t>(1, 39);
        const std::string text = digits.substr(0, point) + "." + digits.substr(point);
        RC_ASSERT(parse_json(text)->as_double() == std::strtod(text.c_str(), nullptr));
    }));
}

TEST(JsonReading, GoesOnAfterARefusedTextAndAfterALargeOne) {
    for (int round = 0; round < 3; ++round) {
        EXPECT_EQ(code_of(R"({"a":[1,2,{"b":"unfinished)"), "invalid_json");
        EXPECT_EQ(again(R"({"a":[1,2,{"b":"c"}]})"), R"({"a":[1,2,{"b":"c"}]})");
        const std::string large = "[" + json_of(std::string(200'000, 'x')) + "]";
        EXPECT_EQ(again(large), large);
        EXPECT_EQ(code_of("1e400"), "number_out_of_range");
        EXPECT_EQ(again("1.5"), "1.5");
    }
}

TEST(JsonReading, EndsWellOnEveryDamagedText) {
    const std::string good = R"({"name":"Ac\u00e9 \"x\"","value":-120000.50e1,"list":[1,2.5,true,null,{"a":"\ud83d\ude00"}],"€":{}})";
    EXPECT_TRUE(rc::check([&good] {
        std::string text = good;
        const auto changes = *rc::gen::inRange(1, 4);
        for (int change = 0; change < changes; ++change) {
            const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
            const auto kind = *rc::gen::inRange(0, 3);
            if (kind == 0)
                text[at] = *rc::gen::arbitrary<char>();
            else if (kind == 1)
                text.erase(at, *rc::gen::inRange<std::size_t>(1, 8));
            else
                text.insert(at, text.substr(*rc::gen::inRange<std::size_t>(0, text.size()), 6));
            if (text.empty()) break;
        }
        const auto read = parse_json(text);
        if (!read) {
            RC_ASSERT(!read.error().code.empty() && !read.error().message.empty());
            return;
        }
        std::string out;
        append_json(out, *read);
        RC_ASSERT(again(out) == out);
    }));
}

TEST(JsonScalars, AreTheTextTheSenderWrote) {
    const std::pair<const char*, const char*> cases[] = {{"120000", "120000"},
                                                         {"120000.5", "120000.5"},
                                                         {"1.25E7", "12500000"},
                                                         {"0.1", "0.1"},
                                                         {"-5", "-5"},
                                                         {"18446744073709551615", "18446744073709551615"},
                                                         {"1e21", "1000000000000000000000"},
                                                         {"1e-7", "0.0000001"},
                                                         {"999999999999.99", "999999999999.99"},
                                                         {"true", "true"},
                                                         {"false", "false"},
                                                         {"\"a b\"", "a b"},
                                                         {"null", ""},
                                                         {"[1]", ""},
                                                         {"{}", ""}};
    for (const auto& [text, expected] : cases) EXPECT_EQ(scalar_text(parse_json(text).value()), expected) << text;
    EXPECT_TRUE(is_scalar(parse_json("0").value()));
    EXPECT_TRUE(is_scalar(parse_json("\"\"").value()));
    EXPECT_FALSE(is_scalar(parse_json("null").value()));
    EXPECT_FALSE(is_scalar(parse_json("[]").value()));
}

TEST(JsonScalars, EveryAmountInCentsComesThroughExactly) {
    EXPECT_TRUE(rc::check([] {
        const auto cents = *rc::gen::inRange<std::int64_t>(0, 100'000'000'000'000);
        const std::string whole = std::to_string(cents / 100);
        const std::string text = whole + "." + std::to_string(100 + cents % 100).substr(1);
        std::string shown = scalar_text(parse_json(text).value());
        if (shown.find('.') == std::string::npos) shown += ".";
        while (shown.size() < whole.size() + 3) shown += '0';
        RC_ASSERT(shown == text);
    }));
}

TEST(JsonWriting, NumbersAreShortestAndPlainBelowTenToTheFifteen) {
    EXPECT_EQ(number(120000), "120000");
    EXPECT_EQ(number(120000.5), "120000.5");
    EXPECT_EQ(number(0.1), "0.1");
    EXPECT_EQ(number(1.1), "1.1");
    EXPECT_EQ(number(0), "0");
    EXPECT_EQ(number(-2.5), "-2.5");
    EXPECT_EQ(number(-0.0), "-0.0");
    EXPECT_EQ(number(999'999'999'999'999), "999999999999999");
    EXPECT_EQ(number(1e15), "1e+15");
    EXPECT_EQ(number(1e-7), "0.0000001");
    EXPECT_EQ(number(INFINITY), "null");
    EXPECT_TRUE(rc::check([](double value) {
        RC_PRE(std::isfinite(value));
        RC_ASSERT(parse_json(number(value))->to_number<double>() == value);
    }));
    EXPECT_EQ(number(5e-324).size(), 326U + 0U);
}

TEST(JsonWriting, StringsEscapeWhatMustBe) {
    EXPECT_EQ(json_of("a\"b\\c\n\r\t\b\f"), R"("a\"b\\c\n\r\t\b\f")");
    EXPECT_EQ(json_of(std::string("\0\x1F", 2)), R"("\u0000\u001f")");
    EXPECT_EQ(json_of("\u2028x\u2029"), R"("\u2028x\u2029")");
    EXPECT_EQ(json_of("\u2027\u202A€"), "\"\u2027\u202A€\"");
    EXPECT_EQ(json_of("</script>"), "\"</script>\"");
    EXPECT_EQ(json_of(""), "\"\"");
    EXPECT_EQ(json_of("\xE2\x80"), "\"\xE2\x80\""); // cut text stays as it is; readers refuse it
}

TEST(JsonWriting, AnEscapeIsFoundAtEveryPlaceOfALongerString) {
    for (const std::string_view special :
         {"\"", "\\", "\n", "\x01", "\x1F", "\u2028", "\u2029", "\u2027", "€", "\x7F", " ", "!", "#", "[", "]", "ä", "\u00E2"}) {
        for (std::size_t before = 0; before < 20; ++before) {
            for (std::size_t after = 0; after < 10; ++after) {
                const std::string text = std::string(before, 'x') + std::string(special) + std::string(after, 'y');
                const std::string json = json_of(text);
                ASSERT_EQ(scalar_text(parse_json(json).value()), text);
                ASSERT_EQ(json.find("\u2028"), std::string::npos);
                ASSERT_EQ(json.find("\u2029"), std::string::npos);
            }
        }
    }
}

TEST(JsonWriting, EveryStringOfAllCodePointsRoundTrips) {
    std::string all;
    for (std::uint32_t point = 0; point < 0x110000; point += point < 0x3000 ? 1 : 257) {
        if (point >= 0xD800 && point < 0xE000) continue;
        if (point < 0x80)
            all += static_cast<char>(point);
        else if (point < 0x800)
            all += {static_cast<char>(0xC0 | point >> 6), static_cast<char>(0x80 | (point & 0x3F))};
        else if (point < 0x10000)
            all += {static_cast<char>(0xE0 | point >> 12), static_cast<char>(0x80 | (point >> 6 & 0x3F)),
                    static_cast<char>(0x80 | (point & 0x3F))};
        else
            all += {static_cast<char>(0xF0 | point >> 18), static_cast<char>(0x80 | (point >> 12 & 0x3F)),
                    static_cast<char>(0x80 | (point >> 6 & 0x3F)), static_cast<char>(0x80 | (point & 0x3F))};
    }
    const auto read = parse_json(json_of(all));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(scalar_text(*read), all);
}

TEST(JsonWriting, TheNaughtyStringsRoundTrip) {
    const auto file = kData / "blns" / "blns.json";
    if (!std::filesystem::exists(file)) GTEST_SKIP() << "no naughty strings at " << file;
    const auto strings = parse_json(file_text(file));
    ASSERT_TRUE(strings) << strings.error().message;
    ASSERT_GT(strings->as_array().size(), 400U);
    for (const auto& each : strings->as_array()) {
        const std::string text = scalar_text(each);
        EXPECT_EQ(scalar_text(parse_json(json_of(text)).value()), text);
        std::string object = "{";
        append_key(object, text);
        object += json_of(text) + "}";
        const auto read = parse_json(object);
        ASSERT_TRUE(read) << object;
        EXPECT_EQ(std::string(read->as_object().begin()->key()), text);
    }
}

TEST(JsonWriting, ValuesRoundTripInOrder) {
    for (const char* text : {R"({"z":1,"a":[true,false,null,"x",{"b":-1.5}],"m":{}})", "[]", "{}", "\"\"", "18446744073709551615",
                             "-9223372036854775808", "[[],[[]]]"}) {
        EXPECT_EQ(again(text), text);
    }
}

TEST(JsonWriting, KeysGetTheirCommas) {
    std::string out = "{";
    append_key(out, "a");
    out += '1';
    append_key(out, "b\"");
    out += "{}";
    append_key(out, "c");
    out += "{";
    append_key(out, "d");
    out += "2}}";
    EXPECT_EQ(out, R"({"a":1,"b\"":{},"c":{"d":2}})");
}
