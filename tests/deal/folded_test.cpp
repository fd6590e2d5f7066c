// Folding of text for search and order.
#include "deal/folded.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cctype>

namespace tributary {
namespace {

TEST(Folded, CaseAndAccentsDoNotCountInAnyScript) {
    EXPECT_EQ(folded("ACME Corp."), "acme corp.");
    EXPECT_EQ(folded("Ångström"), "angstrom");
    EXPECT_EQ(folded("A\xCC\x8Angstro\xCC\x88m"), "angstrom"); // written apart
    EXPECT_EQ(folded("Straße"), folded("STRASSE"));
    EXPECT_EQ(folded("Łódź"), "lodz");
    EXPECT_EQ(folded("Ærø"), "aero");
    EXPECT_EQ(folded("ΑΘΉΝΑ"), folded("Αθήνα"));
    EXPECT_EQ(folded("ЁЛКА"), folded("елка"));
    EXPECT_EQ(folded("İstanbul"), folded("istanbul"));
    EXPECT_EQ(folded("ＡＣＭＥ"), "acme"); // full width
    EXPECT_EQ(folded("مُحَمَّد"), folded("محمد"));
}

TEST(Folded, MarksThatMakeAnotherLetterStay) {
    EXPECT_NE(folded("が"), folded("か"));
    EXPECT_EQ(folded("ｶﾞ"), folded("ガ"));
    EXPECT_NE(folded("क्"), folded("क"));
    EXPECT_EQ(folded("한국"), "한국");
}

TEST(Folded, BytesThatAreNoTextFoldAllTheSame) { EXPECT_EQ(folded("A\xFF"), "a\xEF\xBF\xBD"); }

TEST(Folded, ASearchIsItsWords) {
    EXPECT_EQ(folded_words("  Zoë \t MÜLLER\n"), (std::vector<std::string>{"zoe", "muller"}));
    EXPECT_EQ(folded_words("   "), std::vector<std::string>{});
    EXPECT_EQ(folded_words("a b c d e f g h i j").size(), kFoldedWordsMax);
    std::string long_word;
    for (int at = 0; at < 100; ++at) long_word += "\xE6\x97\xA5"; // three bytes each
    EXPECT_EQ(folded_words(long_word).front().size(), 198U);
}

// A letter from far away (a kana) makes the whole text take the long way: what stands before it must come out the same.
TEST(Folded, LettersFoldedOneByOneAreWhatTheWholeTextGives) {
    EXPECT_TRUE(rc::check([] {
        std::string text;
        for (const int letter : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0x20, 0x530))) {
            if (letter >= 0x7F && letter < 0xA0) continue;
            if (letter < 0x80)
                text += static_cast<char>(letter);
            else
                text += {static_cast<char>(0xC0 | (letter >> 6)), static_cast<char>(0x80 | (letter & 0x3F))};
        }
        RC_ASSERT(folded(text) + "あ" == folded(text + "あ"));
    }));
}

TEST(Folded, FoldingTwiceIsFoldingOnceAndAsciiIsOnlyLowered) {
    EXPECT_TRUE(rc::check([](const std::string& text) {
        const std::string once = folded(text);
        RC_ASSERT(folded(once) == once);
    }));
    EXPECT_TRUE(rc::check([] {
        const auto text = *rc::gen::container<std::string>(rc::gen::inRange<char>(0, 127));
        std::string lower = text;
        for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        RC_ASSERT(folded(text) == lower);
    }));
}

} // namespace
} // namespace tributary
