// The multipart splitter: any form, any chunking, and what is no form.
#include "sources/form_urlencoded.hpp"
#include "sources/media_type.hpp"
#include "sources/multipart.hpp"
#include "sources/reading.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tributary {
namespace {

using namespace testing;

struct Taken final : PartTaker {
    Result<void> begin(const FormPart& part) override {
        parts.push_back(part);
        bodies.emplace_back();
        return {};
    }
    Result<void> data(std::string_view bytes) override {
        bodies.back().append(bytes);
        return {};
    }
    Result<void> end() override {
        ++ended;
        return {};
    }
    std::vector<FormPart> parts;
    std::vector<std::string> bodies;
    std::size_t ended = 0;
};

Result<Taken> split(std::string_view body, std::size_t chunk = 1 << 20, std::string_view boundary = "frontier") {
    Taken taken;
    MultipartSplitter splitter(boundary, taken);
    while (!body.empty()) {
        const std::string piece(body.substr(0, chunk));
        body.remove_prefix(piece.size());
        if (auto written = splitter.write(piece); !written) return std::unexpected(written.error());
    }
    if (auto finished = splitter.finish(); !finished) return std::unexpected(finished.error());
    return taken;
}

TEST(Multipart, AnyBodiesInAnyChunkingComeOutAsTheyWentIn) {
    EXPECT_TRUE(rc::check([] {
        const auto text = rc::gen::container<std::string>(rc::gen::element('\r', '\n', '-', 'f', 'r', '\0', 'x'));
        const auto bodies = *rc::gen::container<std::vector<std::string>>(text);
        std::string form = *rc::gen::element<std::string>("", "a preamble\r\n", "\r\n");
        for (const auto& body : bodies) form += form_field("part", body);
        form += kFormEnd;
        form += *rc::gen::element<std::string>("", "an epilogue --frontier\r\n");
        const auto taken = split(form, *rc::gen::inRange<std::size_t>(1, 40));
        RC_ASSERT(taken.has_value());
        RC_ASSERT(taken->bodies == bodies);
        RC_ASSERT(taken->ended == bodies.size());
    }));
}

TEST(Multipart, ReadsNamesAndFileNamesAsBrowsersWriteThem) {
    const struct {
        std::string_view head;
        std::string_view name;
        std::string_view file_name;
        bool has_file_name;
    } cases[] = {
        {"name=\"file\"; filename=\"deals.csv\"", "file", "deals.csv", true},
        {"name=file; filename=deals.csv", "file", "deals.csv", true},
        {"name=\"a\\\"b\"", "a\"b", "", false},
        {"name=\"a%22b\"; filename=\"q%22.csv\"", "a\"b", "q\".csv", true},
        {"name=\"f\"; filename=\"C:\\Users\\x\\deals.csv\"", "f", "deals.csv", true},
        {"name=\"f\"; filename=\"../../etc/passwd\"", "f", "passwd", true},
        {"name=\"f\"; filename=\"x.csv\"; filename*=UTF-8''M%C3%BCller.csv", "f", "M\xC3\xBCller.csv", true},
        {"name=\"f\"; filename=\"\"", "f", "", true},
        {"filename=\"x;name=y.csv\"; name=\"f\"", "f", "x;name=y.csv", true},
        {"name=\"f\"; filename=\"a\tb\x7F.csv\"", "f", "ab.csv", true},
    };
    for (const auto& each : cases) {
        const auto taken = split(form_part(each.head, "x") + std::string(kFormEnd));
        ASSERT_TRUE(taken) << each.head;
        EXPECT_EQ(taken->parts.at(0).name, each.name) << each.head;
        EXPECT_EQ(taken->parts.at(0).file_name, each.file_name) << each.head;
        EXPECT_EQ(taken->parts.at(0).has_file_name, each.has_file_name) << each.head;
    }
}

TEST(Multipart, RefusesWhatIsNoForm) {
    const std::string end(kFormEnd);
    const std::string cases[] = {
        "",
        "no boundary at all",
        form_field("a", "b"),                     // never closed
        "--frontier\r\n\r\nno headers\r\n" + end, // no disposition
        "--frontier\r\nContent-Type: text/plain\r\n\r\nx\r\n" + end,
        "--frontier\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n" + end,
        "--frontier\r\nno colon\r\n\r\nx\r\n" + end,
        "--frontier junk\r\n" + end,
        "--frontier" + std::string(500, ' '),
        form_part("name=\"a\"\r\nContent-Transfer-Encoding: base64", "eA==") + end,
        form_part("name=\"\xFF\"", "x") + end,
        "--frontier\r\nContent-Disposition: form-data; name=\"" + std::string(kPartHeadBytesMax, 'n') + "\"\r\n\r\nx\r\n" + end,
        std::string(kPreambleBytesMax + 100, 'p') + end,
    };
    for (const std::string& body : cases) {
        for (const std::size_t chunk : {1, 7, 1 << 20}) {
            const auto taken = split(body, chunk);
            ASSERT_FALSE(taken) << body.substr(0, 60);
            EXPECT_EQ(taken.error().code, "invalid_multipart") << body.substr(0, 60);
        }
    }
    std::string many;
    for (std::size_t at = 0; at <= kPartsMax; ++at) many += form_field("a", "");
    EXPECT_EQ(split(many + end).error().code, "too_many_parts");
}

TEST(Multipart, ABoundaryIsRequiredAndPlain) {
    EXPECT_EQ(multipart_boundary("multipart/form-data; boundary=abc").value(), "abc");
    EXPECT_EQ(multipart_boundary("multipart/form-data; charset=utf-8; Boundary=\"a b:c\"").value(), "a b:c");
    for (const std::string& type :
         {std::string("multipart/form-data"), std::string("multipart/form-data; boundary="),
          std::string("multipart/form-data; boundary=\"a\nb\""), "multipart/form-data; boundary=" + std::string(71, 'x'),
          std::string("multipart/form-data; boundary=\"a \"")}) {
        EXPECT_EQ(multipart_boundary(type).error().code, "invalid_multipart") << type;
    }
}

TEST(FormUrlencoded, IsReadAsTheUrlStandardSays) {
    const auto fields = parse_form_urlencoded("a=1&b=x+y%2Bz&&c&=d&e=%zz%4&f=a%3Db&a=2&u=M%C3%BCller");
    const Pairs expected = {{"a", "1"},     {"b", "x y+z"}, {"c", ""},  {"", "d"},
                            {"e", "%zz%4"}, {"f", "a=b"},   {"a", "2"}, {"u", "M\xC3\xBCller"}};
    EXPECT_EQ(fields.value(), expected);
    EXPECT_EQ(parse_form_urlencoded("a=%FF").error().code, "invalid_utf8");
    EXPECT_EQ(parse_form_urlencoded("a=" + std::string(kFormFieldBytesMax + 1, 'x')).error().code, "field_too_long");
    std::string many;
    for (std::size_t at = 0; at <= kFormFieldsMax; ++at) many += "a&";
    EXPECT_EQ(parse_form_urlencoded(many).error().code, "too_many_fields");
}

TEST(MediaType, FindsTypeAndParameters) {
    EXPECT_EQ(media_type(" Text/CSV ; charset=x"), "text/csv");
    EXPECT_EQ(media_parameter("a/b; x; y=1; Z=\"q;r\"", "z").value(), "q;r");
    EXPECT_EQ(media_parameter("a/b; x", "x"), std::nullopt);
    EXPECT_EQ(media_parameter("a/b;", "x"), std::nullopt);
    EXPECT_EQ(media_parameter("a/b; x=\"never closed", "x").value(), "never closed");
}

} // namespace
} // namespace tributary
