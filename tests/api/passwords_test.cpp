// Which passwords are taken, and that they are kept as hashes whose cost nobody can tell an unknown address by.
#include "api/passwords.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <sodium.h>

namespace tributary {
namespace {

bool taken(std::string_view password) {
    return check_password("password", password, "ada.lovelace@example.com", "Ada Lovelace").has_value();
}

TEST(Passwords, HaveTenToTwoHundredCharactersNotBytes) {
    EXPECT_FALSE(taken("otter-4-u"));
    EXPECT_TRUE(taken("otter-4-us"));
    EXPECT_FALSE(taken("ottér-4-u")) << "nine characters in ten bytes";
    EXPECT_TRUE(taken("ottér-4-üs"));
    std::string phrase;
    while (phrase.size() < kPasswordCharactersMax) phrase += "otter swims ";
    phrase.resize(kPasswordCharactersMax);
    EXPECT_TRUE(taken(phrase));
    EXPECT_FALSE(taken(phrase + "!"));
}

TEST(Passwords, AreNotTheOwnNameOrAddressNorWellKnown) {
    for (const char* weak :
         {"ada.lovelace@example.com", "ADA.Lovelace@Example.COM", "ada.lovelace", "Ada Lovelace", "adalovelace1815", "password123",
          "Password-123", "qwertyuiop", "1234567890", "0987654321", "abcdefghijkl", "aaaaaaaaaaaa", "abababababab", "passwordpassword",
          "123password456", "1q2w3e4r5t6", "iloveyou2024", "correct horse battery staple"}) {
        const auto checked = check_password("password", weak, "ada.lovelace@example.com", "Ada Lovelace");
        ASSERT_FALSE(checked) << weak;
        EXPECT_EQ(checked.error().code, "weak_password");
        EXPECT_EQ(checked.error().details.front().field, "password");
        EXPECT_TRUE(checked.error().details.front().value.empty()) << "a password is never sent back";
    }
    for (const char* fine : {"wandering-otter-42", "Zug um Zug 1904", "lovelace-and-babbage", "8f3kd02mzq"})
        EXPECT_TRUE(taken(fine)) << fine;
}

TEST(Passwords, AreJudgedWithoutHarmWhateverTheyAre) {
    EXPECT_TRUE(rc::check("any texts", [](const std::string& password, const std::string& email, const std::string& name) {
        const bool fine = check_password("password", password, email, name).has_value();
        if (fine) RC_ASSERT(password.size() >= kPasswordCharactersMin);
    }));
}

TEST(Passwords, AreKeptAsArgon2idAndProvedByIt) {
    const std::string hash = hash_password("wandering-otter-42");
    EXPECT_TRUE(hash.starts_with("$argon2id$"));
    EXPECT_NE(hash, hash_password("wandering-otter-42")) << "salted";
    EXPECT_TRUE(is_password(hash, "wandering-otter-42"));
    EXPECT_FALSE(is_password(hash, "wandering-otter-43"));
    EXPECT_FALSE(is_password(hash, ""));
    EXPECT_FALSE(is_password("", ""));
    EXPECT_FALSE(is_password("", "wandering-otter-42"));
    EXPECT_FALSE(is_password("damaged", "wandering-otter-42"));
}

// What is compared for an address nobody has costs as much as what is compared for a person.
TEST(Passwords, TheHashOfNobodyHasTheCostOfEverybodys) {
    const std::string somebodys = hash_password("wandering-otter-42");
    const auto cost = [](std::string_view hash) { return hash.substr(0, hash.find('$', hash.find("$m=") + 1)); };
    EXPECT_EQ(cost(nobodys_hash()), cost(somebodys));
    EXPECT_EQ(crypto_pwhash_str_needs_rehash(std::string(nobodys_hash()).c_str(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                             crypto_pwhash_MEMLIMIT_INTERACTIVE),
              0);
}

} // namespace
} // namespace tributary
