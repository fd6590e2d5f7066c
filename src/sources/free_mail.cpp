// Mail providers anyone can have an address at: their domain says nothing about whom the sender works for. Our own list of
// the common ones; a provider with many country domains ("yahoo.co.uk") is listed once, by its name.
#include "sources/email_text.hpp"

#include <algorithm>
#include <array>

namespace tributary {
namespace {

// Any domain with one of these names, whatever its public suffix. Sorted.
constexpr auto kProviders = std::to_array<std::string_view>({
    "126",      "163",      "aol",        "excite",  "fastmail",   "freemail",   "freenet",  "gmail",      "gmx",      "googlemail",
    "hotmail",  "hushmail", "icloud",     "laposte", "libero",     "live",       "lycos",    "mailinator", "msn",      "naver",
    "outlook",  "proton",   "protonmail", "qq",      "rediffmail", "rocketmail", "sina",     "t-online",   "tutamail", "tutanota",
    "virgilio", "walla",    "yahoo",      "yandex",  "ymail",      "yopmail",    "zohomail",
});

// Whole domains: internet providers and names that are also companies elsewhere. Sorted.
constexpr auto kDomains = std::to_array<std::string_view>({
    "10minutemail.com",
    "alice.it",
    "arcor.de",
    "att.net",
    "bellsouth.net",
    "bigpond.com",
    "bk.ru",
    "bluewin.ch",
    "bol.com.br",
    "btinternet.com",
    "centrum.cz",
    "charter.net",
    "comcast.net",
    "cox.net",
    "daum.net",
    "docomo.ne.jp",
    "duck.com",
    "earthlink.net",
    "email.cz",
    "email.de",
    "ezweb.ne.jp",
    "foxmail.com",
    "free.fr",
    "guerrillamail.com",
    "hanmail.net",
    "hey.com",
    "home.nl",
    "inbox.com",
    "inbox.lv",
    "inbox.ru",
    "interia.pl",
    "juno.com",
    "kpnmail.nl",
    "list.ru",
    "mac.com",
    "mail.com",
    "mail.de",
    "mail.ru",
    "mailbox.org",
    "me.com",
    "netscape.net",
    "ntlworld.com",
    "o2.pl",
    "onet.pl",
    "optonline.net",
    "optusnet.com.au",
    "orange.fr",
    "planet.nl",
    "pm.me",
    "posteo.de",
    "rambler.ru",
    "rogers.com",
    "sapo.pt",
    "sbcglobal.net",
    "seznam.cz",
    "sfr.fr",
    "shaw.ca",
    "sky.com",
    "softbank.ne.jp",
    "sympatico.ca",
    "talktalk.net",
    "telenet.be",
    "telia.com",
    "tempmail.com",
    "terra.com.br",
    "tin.it",
    "tiscali.it",
    "tuta.io",
    "ukr.net",
    "uol.com.br",
    "verizon.net",
    "videotron.ca",
    "vodafone.de",
    "wanadoo.fr",
    "web.de",
    "wp.pl",
    "xs4all.nl",
    "yeah.net",
    "ziggo.nl",
    "zoho.com",
});

static_assert(std::ranges::is_sorted(kProviders) && std::ranges::is_sorted(kDomains), "both are searched by halves");

} // namespace

bool is_free_mail(std::string_view registrable_domain) {
    const std::string_view name = registrable_domain.substr(0, registrable_domain.find('.'));
    return std::ranges::binary_search(kProviders, name) || std::ranges::binary_search(kDomains, registrable_domain);
}

} // namespace tributary
