// The rules that find things in a mail's text.
#include "door_reading.hpp"
#include "sources/email_text.hpp"

using namespace door_reading;

namespace {

std::string amount(std::string_view text, std::string_view subject = "") {
    const auto found = find_amount(subject, text, Currency{});
    if (!found) return "none";
    return (found->currency ? std::string(found->currency->text()) + " " : std::string{}) + found->plain;
}

} // namespace

TEST(EmailAmount, AmountsAreReadAsPeopleWriteThem) {
    EXPECT_EQ(amount("We can spend $120,000 this year"), "USD 120000");
    EXPECT_EQ(amount("EUR 75k would be fine"), "EUR 75000");
    EXPECT_EQ(amount("a budget of 50.000 €"), "EUR 50000");
    EXPECT_EQ(amount("about 1.2M USD"), "USD 1200000");
    EXPECT_EQ(amount("€1,234.56"), "EUR 1234.56");
    EXPECT_EQ(amount("1.234,56 €"), "EUR 1234.56");
    EXPECT_EQ(amount("1 234 567,50 EUR"), "EUR 1234567.5");
    EXPECT_EQ(amount("1\u202F234 €"), "EUR 1234");
    EXPECT_EQ(amount("CHF 5'000.-"), "CHF 5000");
    EXPECT_EQ(amount("5.000,- €"), "EUR 5000");
    EXPECT_EQ(amount("75 k€"), "EUR 75000");
    EXPECT_EQ(amount("120 TEUR"), "EUR 120000");
    EXPECT_EQ(amount("2,5 Mio. Euro"), "EUR 2500000");
    EXPECT_EQ(amount("₹12,50,000"), "INR 1250000");
    EXPECT_EQ(amount("US$40 thousand"), "USD 40000");
    EXPECT_EQ(amount("80 million yen"), "JPY 80000000");
    EXPECT_EQ(amount("500万円"), "JPY 5000000");
    EXPECT_EQ(amount("1.250m GBP"), "GBP 1250000");
    EXPECT_EQ(amount("Budget (EUR): 64,000"), "EUR 64000");
    EXPECT_EQ(amount("A$9k"), "AUD 9000");
}

TEST(EmailAmount, ABudgetInWordsNeedsNoCurrency) {
    EXPECT_EQ(amount("our budget is 50000"), "50000");
    EXPECT_EQ(amount("Budget: 50k"), "50000");
    EXPECT_EQ(amount("we have a 75k budget"), "75000");
    EXPECT_EQ(amount("budget for 500 seats"), "none");
    EXPECT_EQ(amount("the budget for 2027 is open"), "none");
    EXPECT_EQ(amount("budget 40, maybe"), "none");
}

TEST(EmailAmount, TheAmountOfTheDealIsPreferred) {
    EXPECT_EQ(amount("The old tool was €900,000. Our budget is €50,000."), "EUR 50000");
    EXPECT_EQ(amount("€30,000 or €45,000"), "EUR 45000");
    EXPECT_EQ(amount("Budget EUR 50,000 to 80,000"), "EUR 80000");
    EXPECT_EQ(amount("budget of 50-80k EUR"), "EUR 80000");
    EXPECT_EQ(amount("We raised $20M in a Series A. The offer of $90k is ok."), "USD 90000");
    EXPECT_EQ(amount("our revenue is $50M"), "none");
    EXPECT_EQ(amount("see below", "Budget 12.000 €"), "EUR 12000");
    EXPECT_EQ(amount("EUR 80,000 per year"), "EUR 80000");
}

TEST(EmailAmount, OtherNumbersAreNoAmounts) {
    for (const std::string_view text :
         {"Call +49 30 1234567 or 555-1234567", "in 2026 we grew 45%", "budget up 40 % this year", "on 31.12.2026 at 10:30", "300 seats",
          "invoice #4711", "ISO 27001", "version 2.50.1", "$99 per user", "$99/seat/month", "€20 pro Nutzer",
          "https://x.example/?budget=90000", "ALL 500 of us", "TOP 10", "$0", "budget $99999999999999999999", "", "a m k $ € budget",
          "$5,000,000,000,000"}) {
        EXPECT_EQ(amount(text), "none") << text;
    }
}

TEST(EmailAmount, AnyWholeAmountIsFoundExactly) {
    EXPECT_TRUE(rc::check("€N", [] {
        const auto whole = *rc::gen::inRange<std::int64_t>(1, 1'000'000'000);
        RC_ASSERT(amount("Our budget is " + std::to_string(whole) + " EUR, see you") == "EUR " + std::to_string(whole));
    }));
    EXPECT_TRUE(rc::check("text of any kind does not break the search", [](const std::string& noise) {
        (void)find_amount(noise, noise + "1.5" + noise + "€", Currency{});
        (void)company_in_text(noise);
        (void)read_signature("Best\n" + noise, noise);
        (void)split_mail(noise + "\nFrom: x\nTo: y\nDate: z\n" + noise, true);
        (void)html_to_text("<p" + noise + "<b>&" + noise);
        (void)parse_mailbox(noise);
    }));
}

TEST(EmailSubject, PrefixesOfRepliesAndForwardsAreCut) {
    const auto text = [](std::string_view subject) { return read_subject(subject).text; };
    EXPECT_EQ(text("Re: AW: Fwd: WG: Offer"), "Offer");
    EXPECT_EQ(text("RE[2]: Offer"), "Offer");
    EXPECT_EQ(text("[EXTERNAL] Re : Offer"), "Offer");
    EXPECT_EQ(text("回复：报价"), "报价");
    EXPECT_EQ(text("Red: a colour"), "Red: a colour");
    EXPECT_EQ(text("Research: new plan"), "Research: new plan");
    EXPECT_EQ(text("  two  words "), "two  words");
    EXPECT_TRUE(read_subject("AW: x").is_reply);
    EXPECT_TRUE(read_subject("WG: x").is_forward);
    EXPECT_FALSE(read_subject("x: y").is_reply);
}

TEST(EmailMailbox, AddressesAreFoundInAllTheirForms) {
    const auto both = [](std::string_view text) {
        const auto mailbox = parse_mailbox(text);
        return mailbox ? mailbox->name + "|" + mailbox->address : std::string("none");
    };
    EXPECT_EQ(both("Jane Doe <Jane@Acme.COM>"), "Jane Doe|jane@acme.com");
    EXPECT_EQ(both("\"Doe, Jane \\\"JD\\\"\" <jane@acme.com>"), "Doe, Jane \"JD\"|jane@acme.com");
    EXPECT_EQ(both("jane@acme.com (Jane Doe)"), "Jane Doe|jane@acme.com");
    EXPECT_EQ(both("<mailto:jane@acme.com>"), "|jane@acme.com");
    EXPECT_EQ(both("jane+deals@münchen.example"), "|jane+deals@münchen.example");
    EXPECT_EQ(both("jane@acme.com <jane@acme.com>"), "|jane@acme.com");
    EXPECT_EQ(both("jane at acme.com"), "none");
    EXPECT_EQ(both(std::string(65, 'a') + "@acme.com"), "none");
}

TEST(EmailCompany, ADomainNamesItsCompany) {
    EXPECT_EQ(company_of_label(company_label("a@mail.acme-corp.co.uk")), "Acme Corp");
    EXPECT_EQ(company_of_label(company_label("a@prospect.example")), "Prospect");
    EXPECT_EQ(company_of_label(company_label("a@xn--mller-kva.de")), "Müller");
    for (const std::string_view free :
         {"a@gmail.com", "a@yahoo.co.uk", "a@web.de", "a@hotmail.fr", "a@mail.ru", "a@co.uk", "a@github.io", "nobody"}) {
        EXPECT_EQ(company_label(free), "") << free;
    }
}

TEST(EmailCompany, ATextNamesACompanyByItsLegalForm) {
    EXPECT_EQ(company_in_text("Hi,\n\nwe are Prospect GmbH in Berlin and need"), "Prospect GmbH");
    EXPECT_EQ(company_in_text("I work at Big Blue Systems, as a buyer"), "Big Blue Systems");
    EXPECT_EQ(company_in_text("writing for Acme, Inc. about"), "Acme, Inc.");
    EXPECT_EQ(company_in_text("Wir von der Schmidt & Söhne GmbH & Co. KG suchen"), "Schmidt & Söhne GmbH & Co. KG");
    EXPECT_EQ(company_in_text("株式会社サンプルの山田です。"), "株式会社サンプル");
    EXPECT_EQ(company_in_text("Dear Vendor Inc,\nhow much is it?"), "");
    EXPECT_EQ(company_in_text("WE NEED IT AS SOON AS POSSIBLE"), "");
    EXPECT_EQ(company_in_text("how much is it for us?"), "");
}

TEST(EmailSignature, TheLinesBelowTheClosingAreRead) {
    const Signature german =
        read_signature("Text\n\nMit freundlichen Grüßen,\nJörg Müller\nLeiter Einkauf | Beispiel AG\nTel. 030 / 123 45 67", "");
    EXPECT_EQ(german.name, "Jörg Müller");
    EXPECT_EQ(german.company, "Beispiel AG");
    EXPECT_EQ(german.phone, "030 / 123 45 67");
    const Signature dashes = read_signature("Text\n-- \nAnn Lee\nCTO at BigCorp\n+1 (555) 010-0199", "");
    EXPECT_EQ(dashes.name, "Ann Lee");
    EXPECT_EQ(dashes.company, "BigCorp");
    EXPECT_EQ(dashes.phone, "+1 (555) 010-0199");
    EXPECT_EQ(read_signature("Thanks!\nBob\nACME Corp", "acme-corp").company, "ACME Corp");
    EXPECT_EQ(read_signature("Thanks!\nBob\nACME Corp", "acmecorp").company, "ACME Corp");
    const Signature none = read_signature("We need 300 seats by 2026-11-22 10:00.\nIs that possible?", "");
    EXPECT_EQ(none.name + none.company + none.phone, "");
    EXPECT_EQ(read_signature("Best\nwe all like the number 12345678", "").name, "");
}

namespace {

// The first text/plain part of a simple mail, soft line ends of quoted-printable joined.
std::string plain_part(std::string text) {
    std::erase(text, '\r');
    std::size_t at = text.find("text/plain");
    if (at == std::string::npos) at = 0;
    std::string body = text.substr(text.find("\n\n", at) + 2);
    for (std::size_t soft = body.find("=\n"); soft != std::string::npos; soft = body.find("=\n", soft)) body.erase(soft, 2);
    for (std::size_t line = body.find("\n--"); line != std::string::npos; line = body.find("\n--", line + 1)) {
        if (line + 3 < body.size() && body[line + 3] != ' ' && body[line + 3] != '\n' && body[line + 3] != '-') return body.substr(0, line);
    }
    return body;
}

std::string own_of(const std::string& text) {
    std::string words;
    for (const char letter : split_mail(text, false).own) { // blanks of all kinds as one space
        const bool blank = static_cast<unsigned char>(letter) <= ' ' || letter == '\xC2' || letter == '\xA0';
        if (!blank)
            words += letter;
        else if (!words.empty() && words.back() != ' ')
            words += ' ';
    }
    if (words.ends_with(' ')) words.pop_back();
    return words;
}

} // namespace

TEST(EmailQuotes, OnlyTheSendersOwnWordsAreKept) {
    EXPECT_EQ(split_mail("mine\n> theirs\nmine too\n", false).own, "mine\nmine too\n\n");
    EXPECT_EQ(split_mail("mine\n\nOn Fri, 20 Nov 2026\nat 10:00, Sam <s@x.example>\nwrote:\n\ntheirs", false).own, "mine\n\n");
    EXPECT_EQ(split_mail("On Fri, 20 Nov 2026, Sam wrote:\n> theirs\n\nmine below", false).own, "\nmine below\n");
    EXPECT_EQ(split_mail("meins\n\nAm 20.11.2026 um 10:00 schrieb Sam <s@x.example>:\ntheirs", false).own, "meins\n\n");
    EXPECT_EQ(split_mail("mine\n-----Original Message-----\nFrom: Sam\nSent: x\nTo: y\n\ntheirs", false).own, "mine\n");
    EXPECT_EQ(split_mail("mine\nFrom: Sam <s@x.example>\nSent: Friday\nTo: Jane\nSubject: Offer\n\ntheirs", false).own, "mine\n");
    EXPECT_EQ(split_mail("From: our side all is well\nand more", false).own, "From: our side all is well\nand more\n");
    EXPECT_FALSE(split_mail("mine\n-----Original Message-----\nFrom: Sam <s@x.example>\n\ntheirs", false).forwarded);
}

TEST(EmailQuotes, AttributionsOfOtherLanguagesAreKnown) {
    for (const char* attribution :
         {"02.04.2012 14:20 пользователь \"bob@x.example\" <\nbob@x.example> написал:",
          "Le 20 nov. 2026 à 10:00, Sam <s@x.example> a écrit :", "El vie, 20 nov 2026, Sam (<s@x.example>) escribió:",
          "Op vr 20 nov. 2026 om 10:00 schreef Sam <s@x.example>:", "Den 20.11.2026 10:00 skrev Sam <s@x.example>:",
          "2026/11/20 Sam <s@x.example>:"}) {
        EXPECT_EQ(own_of(std::string("mine\n\n") + attribution + "\n\ntheirs"), "mine") << attribution;
    }
}

TEST(EmailQuotes, AForwardedMailIsToldFromAQuotedOne) {
    const MailBody outlook = split_mail(
        "FYI\n\nFrom: Ann Lee <ann@bigcorp.example>\nSent: Sunday\nTo: Sales\nSubject: Demo\n\nCan we see it?\n\n> older\n", true);
    ASSERT_TRUE(outlook.forwarded);
    EXPECT_EQ(outlook.forwarded->sender.address, "ann@bigcorp.example");
    EXPECT_EQ(outlook.forwarded->text, "\nCan we see it?\n\n\n");
    const MailBody apple =
        split_mail("See below\n\nBegin forwarded message:\n\nFrom: \"Ann\" <ann@bigcorp.example>\nSubject: Demo\n\nHello", false);
    ASSERT_TRUE(apple.forwarded);
    EXPECT_EQ(apple.forwarded->sender.name, "Ann");
}

TEST(EmailQuotes, RepliesOfCommonMailProgramsAreCut) {
    for (const char* name :
         {"aol", "apple_mail", "apple_mail_2", "comcast", "gmail", "hotmail", "iphone", "outlook", "sparrow", "thunderbird", "yahoo"}) {
        SHARED_TEXT(mail, std::string("wire/eml-talon-replies/standard_replies/") + name + ".eml");
        const std::string own = own_of(plain_part(mail));
        EXPECT_TRUE(own == "Hello" || own == "Hello Sent from my iPhone" || own.starts_with("Hello -- ")) << name << ": " << own;
    }
}

TEST(EmailQuotes, HtmlRepliesOfCommonMailProgramsAreCut) {
    for (const char* name : {"gmail", "hotmail", "mail_ru", "ms_outlook_2003", "ms_outlook_2007", "ms_outlook_2010", "thunderbird",
                             "windows_mail", "yandex_ru"}) {
        SHARED_TEXT(html, std::string("wire/eml-talon-replies/html_replies/") + name + ".html");
        EXPECT_EQ(own_of(html_to_text(html)), "Hi. I am fine. Thanks, Alex") << name << ": " << html_to_text(html);
    }
}

TEST(EmailHtml, TextIsTakenOutOfMarkup) {
    EXPECT_EQ(html_to_text("<p>a&amp;b &#8364; &#x20AC; &nosuch; &</p><br/>c"), "a&b € € &nosuch; &\n\nc");
    EXPECT_EQ(html_to_text("<div>mine</div><blockquote><p>theirs<br>too</p></blockquote>after"), "mine\n\n> theirs\n> too\n\nafter");
    EXPECT_EQ(html_to_text("x<script>if (a<b) evil()</script>y<style>p{}</style>z"), "xyz");
    EXPECT_EQ(html_to_text("5 < 6 and <b>bold</b>"), "5 < 6 and bold");
    EXPECT_EQ(html_to_text("<td>a</td><td>b</td>"), "a b");
    EXPECT_EQ(html_to_text("&#0;&#xD800;a"), "a");
    EXPECT_TRUE(looks_like_html("<!DOCTYPE html><html>"));
    EXPECT_FALSE(looks_like_html("<jane@acme.com> wrote"));
    EXPECT_FALSE(looks_like_html("<plan> for 300"));
}
