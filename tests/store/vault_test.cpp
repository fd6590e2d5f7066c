// What is sealed opens only where it was sealed, unchanged, and with its key.
#include "store/vault.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tributary {
namespace {

constexpr VaultPlace kPlace{.tenant_id = "acme", .table = "r_connections", .row = "7", .column = "access_token"};

Vault vault_with(const std::string& keys) { return Vault(KeyRing::parse(keys).value()); }

TEST(Vault, WhatIsSealedOpensInItsPlaceAndIsNotSeenInTheSealedText) {
    const Vault vault = vault_with(KeyRing::new_key());
    const std::string sealed = vault.seal(Secret("pat-na1-hidden"), kPlace);
    EXPECT_EQ(sealed.find("hidden"), std::string::npos);
    EXPECT_NE(sealed, vault.seal(Secret("pat-na1-hidden"), kPlace)) << "a nonce of its own each time";
    EXPECT_EQ(vault.open(sealed, kPlace).value().reveal(), "pat-na1-hidden");
    EXPECT_TRUE(vault.seal(Secret(), kPlace).empty());
    EXPECT_TRUE(vault.open("", kPlace).value().is_empty());
}

TEST(Vault, InAnotherPlaceItDoesNotOpen) {
    const Vault vault = vault_with(KeyRing::new_key());
    const std::string sealed = vault.seal(Secret("token"), kPlace);
    for (const VaultPlace& other :
         {VaultPlace{"other", "r_connections", "7", "access_token"}, VaultPlace{"acme", "r_other", "7", "access_token"},
          VaultPlace{"acme", "r_connections", "8", "access_token"}, VaultPlace{"acme", "r_connections", "7", "refresh_token"},
          VaultPlace{"acmer", "_connections", "7", "access_token"}}) {
        const auto opened = vault.open(sealed, other);
        ASSERT_FALSE(opened);
        EXPECT_EQ(opened.error().code, "sealed_otherwise");
        EXPECT_EQ(opened.error().message.find("token\""), std::string::npos);
    }
}

TEST(Vault, AnyChangedBitAndAnyCutRefuses) {
    EXPECT_TRUE(rc::check([] {
        const Vault vault = vault_with(KeyRing::new_key());
        std::string sealed = vault.seal(Secret(*rc::gen::nonEmpty(rc::gen::string<std::string>())), kPlace);
        const auto bit = *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(0, sealed.size() * 8));
        RC_ASSERT(!vault.open(std::string_view(sealed).substr(0, bit / 8), kPlace) || bit / 8 == 0);
        sealed[bit / 8] = static_cast<char>(sealed[bit / 8] ^ (1 << bit % 8));
        RC_ASSERT(!vault.open(sealed, kPlace));
    }));
}

TEST(Vault, AKeyIsChangedWithoutLosingWhatTheOldOneSealed) {
    const std::string old = KeyRing::new_key();
    const std::string next = KeyRing::new_key();
    const std::string sealed = vault_with(old).seal(Secret("token"), kPlace);
    const Vault both = vault_with(next + "\n" + old);
    EXPECT_FALSE(both.is_newest(sealed));
    const std::string anew = both.seal(both.open(sealed, kPlace).value(), kPlace);
    EXPECT_TRUE(both.is_newest(anew));
    EXPECT_EQ(vault_with(next).open(anew, kPlace).value().reveal(), "token");
    EXPECT_FALSE(vault_with(next).open(sealed, kPlace));
}

TEST(Vault, KeysAreReadInBothWritingsAndABadOneIsNotRepeated) {
    EXPECT_TRUE(KeyRing::parse(std::string(64, 'a')));
    EXPECT_TRUE(KeyRing::parse("  " + KeyRing::new_key() + " ,\n" + KeyRing::new_key() + "\n"));
    for (const std::string& bad : {std::string(), std::string("\n"), std::string(63, 'a'), std::string("passwort"), std::string(64, 'g')}) {
        const auto ring = KeyRing::parse(bad);
        ASSERT_FALSE(ring) << bad;
        EXPECT_EQ(ring.error().code, "invalid_secret_key");
        EXPECT_EQ(ring.error().message.find("passwort"), std::string::npos);
    }
    std::string many;
    for (std::size_t at = 0; at <= KeyRing::kKeysMax; ++at) many += KeyRing::new_key() + "\n";
    EXPECT_FALSE(KeyRing::parse(many));
}

} // namespace
} // namespace tributary
