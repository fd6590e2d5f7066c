// See passwords.hpp.
#include "api/passwords.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <sodium.h>
#include <stdexcept>

namespace tributary {
namespace {

constexpr auto kOperations = crypto_pwhash_OPSLIMIT_INTERACTIVE;
constexpr std::size_t kMemoryBytes = crypto_pwhash_MEMLIMIT_INTERACTIVE;

// Of random bytes that were thrown away, at the cost above: an unknown address must not be answered sooner than a wrong password.
constexpr std::string_view kNobodys = "$argon2id$v=19$m=65536,t=2,p=1$kKvzH5RXmj4eKFKceqsFxA$urWVnk37KUjT+gnVU3q4HYA4oFL+RTr6U0P4kPxKCVE";

// What a guesser tries first, without what repeats or runs through the alphabet: that is seen by its shape. Lower case, letters and
// digits only, each with a blank behind.
constexpr std::string_view kWellKnown =
    "password passw0rd p4ssword p4ssw0rd passwort motdepasse contrasena senha qwerty qwertyuiop qwertz qwertzuiop "
    "azerty azertyuiop asdfghjkl zxcvbnm 1qaz2wsx 1q2w3e4r 1q2w3e4r5t q1w2e3r4 q1w2e3r4t5 qazwsxedc zaq12wsx "
    "iloveyou letmein welcome willkommen changeme secret geheim administrator admin superman batman football "
    "baseball basketball princess sunshine dragon monkey shadow master trustno1 whatever starwars pokemon michael "
    "jennifer charlie liverpool chelsea manchester summer winter autumn spring tributary sales salesforce hubspot "
    "company internet computer correcthorsebatterystaple thisisapassword mypassword newpassword myspace freedom "
    "blink182 hunter killer access login guest ";

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](unsigned char c) { return (c & 0xC0U) != 0x80U; }));
}

// Lower case, ASCII letters and digits and everything beyond ASCII.
std::string plain(std::string_view text) {
    std::string kept;
    for (const unsigned char c : text) {
        if (std::isalnum(c) != 0 || c >= 0x80) kept += static_cast<char>(c < 0x80 ? std::tolower(c) : c);
    }
    return kept;
}

bool is_digit(unsigned char c) { return std::isdigit(c) != 0; }

std::string_view without_digits_at_ends(std::string_view text) {
    while (!text.empty() && is_digit(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
    while (!text.empty() && is_digit(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
    return text;
}

// "aaaaaaaaaa", "1234567890", "abcdefghij", "9876543210", "abababababab": few different characters or few different steps.
bool has_simple_shape(std::string_view text) {
    constexpr std::size_t kDifferentMin = 4;
    std::string different(text);
    std::ranges::sort(different);
    different.erase(std::ranges::unique(different).begin(), different.end());
    if (different.size() < kDifferentMin) return true;
    std::size_t odd_steps = 0;
    for (std::size_t at = 1; at < text.size(); ++at) {
        const int step = static_cast<unsigned char>(text[at]) - static_cast<unsigned char>(text[at - 1]);
        if (step < -1 || step > 1) ++odd_steps;
    }
    return odd_steps <= 1; // 1234567890 jumps once
}

// A well-known word with nothing but digits around it.
bool is_word_and_digits(std::string_view text) {
    for (std::string_view rest = kWellKnown; !rest.empty();) {
        const std::string_view word = rest.substr(0, rest.find(' '));
        rest.remove_prefix(word.size() + 1);
        const std::size_t at = text.find(word);
        if (at == std::string_view::npos) continue;
        if (std::ranges::all_of(text.substr(0, at), is_digit) && std::ranges::all_of(text.substr(at + word.size()), is_digit)) return true;
    }
    return false;
}

bool is_well_known(std::string_view password) {
    const std::string text = plain(password);
    const std::string_view half = std::string_view(text).substr(0, text.size() / 2);
    const bool twice = std::string_view(text).substr(half.size()) == half;
    return is_word_and_digits(text) || (twice && is_word_and_digits(half));
}

std::unexpected<Refusal> weak(std::string_view field, std::string message) {
    return std::unexpected(field_refusal(field, "weak_password", std::move(message)));
}

void ready() {
    if (sodium_init() < 0) throw std::runtime_error("no source of random numbers");
}

} // namespace

Result<void> check_password(std::string_view field, std::string_view password, std::string_view email, std::string_view name) {
    const std::size_t length = characters(password);
    if (length < kPasswordCharactersMin)
        return weak(field, "A password has at least " + std::to_string(kPasswordCharactersMin) + " characters.");
    if (length > kPasswordCharactersMax)
        return weak(field, "A password has at most " + std::to_string(kPasswordCharactersMax) + " characters.");
    const std::string text = plain(password);
    const std::string_view local = email.substr(0, email.find('@'));
    for (const std::string_view own : {email, local, name}) {
        const std::string word = plain(own);
        if (!word.empty() && (text == word || without_digits_at_ends(text) == word))
            return weak(field, "The password must not be your own name or e-mail address.");
    }
    if (is_well_known(password) || has_simple_shape(password))
        return weak(field, "This password is well known and would be guessed at once.");
    return {};
}

std::string hash_password(std::string_view password) {
    ready();
    std::array<char, crypto_pwhash_STRBYTES> text{};
    if (crypto_pwhash_str(text.data(), password.data(), password.size(), kOperations, kMemoryBytes) != 0) {
        throw std::runtime_error("no memory for hashing a password");
    }
    return text.data();
}

std::string_view nobodys_hash() { return kNobodys; }

bool is_password(std::string_view hash, std::string_view password) {
    ready();
    const std::string stored(hash.empty() ? kNobodys : hash);
    const bool same = crypto_pwhash_str_verify(stored.c_str(), password.data(), password.size()) == 0;
    return same && !hash.empty();
}

} // namespace tributary
