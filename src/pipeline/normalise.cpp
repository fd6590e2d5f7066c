// Step 1: a draft's text becomes typed values within their limits, or every problem of the draft is named at once.
// Pure; any thread.
#include "pipeline/pipeline.hpp"

#include <algorithm>
#include <cctype>

namespace tributary {
namespace {

using Problems = std::vector<FieldProblem>;

bool is_blank(std::string_view text) {
    return std::ranges::all_of(text, [](unsigned char c) { return c == ' ' || (c >= '\t' && c <= '\r'); });
}

void take_problem(Problems& problems, Refusal&& refusal, Field field, std::string_view value) {
    if (refusal.details.empty()) refusal.details.push_back(field_refusal(field_key(field), refusal.code, refusal.message, value).details.front());
    for (auto& problem : refusal.details) {
        if (problem.field.empty()) problem.field = field_key(field);
        problems.push_back(std::move(problem));
    }
}

// Free-text columns of the deal, by field.
std::string* text_member(Deal& deal, Field field) {
    switch (field) {
    case Field::Name: return &deal.name;
    case Field::Company: return &deal.company;
    case Field::ContactName: return &deal.contact_name;
    case Field::ContactEmail: return &deal.contact_email;
    case Field::ContactPhone: return &deal.contact_phone;
    case Field::Description: return &deal.description;
    case Field::Owner: return &deal.owner;
    case Field::LostReason: return &deal.lost_reason;
    default: return nullptr;
    }
}

// A CRM's reader has been through the value map already, with the CRM's own words; ours must not be mapped a second time.
bool is_mapped_by_reader(Source source) { return source == Source::Hubspot || source == Source::Salesforce; }

Result<Stage> stage_of(std::string_view text, const Settings& settings, Source source) {
    const auto same = [&](const auto& pair) {
        return std::ranges::equal(pair.first, text, [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
    };
    const auto mapped = std::ranges::find_if(settings.stage_values, same);
    if (mapped != settings.stage_values.end() && !is_mapped_by_reader(source)) return mapped->second;
    if (const auto stage = parse_stage(text)) return *stage;
    return std::unexpected(field_refusal("stage", "unknown_stage",
                                         "The stage is not one of discovery, qualification, proposal, negotiation, closed_won, closed_lost, "
                                         "and the workspace has no value map for it.",
                                         text));
}

// Hundredths of a percent. Strict: a plain number 0..100. Written: also a trailing percent sign and a decimal comma.
Result<std::int32_t> probability_of(std::string_view text, Reading reading) {
    std::string plain(text);
    std::erase(plain, ' ');
    if (reading == Reading::Written) {
        if (!plain.empty() && plain.back() == '%') plain.pop_back();
        std::ranges::replace(plain, ',', '.');
    }
    static const Currency two_digits{}; // borrowed for its exact decimal reader: 60.25 -> 6025
    const auto parsed = parse_plain_amount(plain, two_digits);
    if (!parsed) return std::unexpected(field_refusal("probability", "invalid_probability", "The probability is not a number from 0 to 100.", text));
    if (*parsed > kProbabilityMax) {
        return std::unexpected(field_refusal("probability", "out_of_range", "The probability is above 100 percent.", text));
    }
    return static_cast<std::int32_t>(*parsed);
}

// Good enough to mail to: one @, a dot in the domain, no spaces or control characters, at most 254 bytes.
bool is_email(std::string_view text) {
    const std::size_t at = text.find('@');
    if (text.size() > 254 || at == std::string_view::npos || at == 0 || at > 64 || text.find('@', at + 1) != std::string_view::npos) return false;
    const std::string_view domain = text.substr(at + 1);
    if (domain.find('.') == std::string_view::npos || domain.front() == '.' || domain.back() == '.' ||
        domain.find("..") != std::string_view::npos) {
        return false;
    }
    return std::ranges::none_of(text, [](unsigned char c) { return c <= ' ' || c == 0x7F || c == ',' || c == ';' || c == '<' || c == '>' || c == '"'; });
}

std::string trimmed(std::string_view text) {
    while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
    while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
    return std::string(text);
}

// A person typing or a program posting can mend a bad address; a file, a mail or a CRM cannot be asked, and the deal counts more.
bool must_mend_email(Source source) { return source == Source::Manual || source == Source::WebForm || source == Source::Api; }

class Normaliser {
  public:
    Normaliser(const Draft& draft, const Settings& settings, std::int64_t now_ms) : draft_(draft), settings_(settings), now_ms_(now_ms) {}

    Result<Candidate> run() {
        out_.source = draft_.source;
        out_.external_ids = draft_.external_ids;
        out_.merged_ids = draft_.merged_ids;
        out_.fill_only = draft_.fill_only;
        out_.metadata = draft_.metadata;
        out_.metadata_fill_only = draft_.metadata_fill_only;
        out_.lead_metadata = draft_.lead_metadata;
        out_.company_size = draft_.company_size;
        out_.event_time_ms = std::min(draft_.event_time_ms.value_or(now_ms_), now_ms_);
        out_.default_name = draft_.default_name;
        out_.default_value_minor = draft_.default_value_minor;
        out_.default_value_rule = draft_.default_value_rule;
        out_.deleted = draft_.deleted;
        out_.versioned = draft_.versioned && draft_.event_time_ms;
        out_.read_at_ms = std::min(draft_.read_at_ms, now_ms_);
        out_.values.is_spam = draft_.spam;
        out_.spam_reason = draft_.spam_reason;
        out_.warnings = draft_.warnings;
        take_external_ids();
        take_texts();
        take_email();
        take_money();
        take_words();
        take_times();
        if (!problems_.empty()) return std::unexpected(refusal());
        make_key();
        return std::move(out_);
    }

  private:
    // The text of a field that was given and says something; marks it as given.
    const std::string* given(Field field) {
        const auto& text = draft_[field];
        if (!text || is_blank(*text)) return nullptr;
        if (text->size() > field_bytes_max(field)) {
            problem(field, "field_too_long", "The text is longer than " + std::to_string(field_bytes_max(field)) + " bytes.", *text);
            return nullptr;
        }
        out_.given.set(static_cast<std::size_t>(field));
        return &*text;
    }

    void problem(Field field, std::string_view code, std::string message, std::string_view value) {
        problems_.push_back(field_refusal(field_key(field), code, std::move(message), value).details.front());
    }

    void take_external_ids() {
        constexpr std::size_t kExternalIdsMax = 20;
        constexpr std::size_t kMergedIdsMax = 100;
        if (out_.external_ids.size() > kExternalIdsMax) {
            problems_.push_back({"external_ids", "too_many", "A deal may carry at most 20 external ids.", {}});
        }
        if (out_.merged_ids.size() > kMergedIdsMax) {
            problems_.push_back({"external_ids", "too_many", "At most 100 records may have been merged into one.", {}});
        }
        for (const auto* ids : {&out_.external_ids, &out_.merged_ids}) check_external_ids(*ids);
    }

    void check_external_ids(const std::vector<ExternalId>& ids) {
        constexpr std::size_t kExternalBytesMax = 200;
        for (const auto& external : ids) {
            if (external.id.empty() || external.id.size() > kExternalBytesMax || external.system.empty() || external.system.size() > kExternalBytesMax) {
                problems_.push_back(field_refusal("external_id", "invalid_external_id", "An external id has 1 to 200 bytes.", external.id).details.front());
            }
        }
    }

    void take_texts() {
        for (const Field field : {Field::Name, Field::Company, Field::ContactName, Field::ContactPhone, Field::Description, Field::Owner, Field::LostReason}) {
            if (const auto* text = given(field)) *text_member(out_.values, field) = *text;
        }
        const bool named = out_.given.test(static_cast<std::size_t>(Field::Name));
        if (!named && out_.external_ids.empty() && problems_.empty()) {
            problem(Field::Name, "missing_field", "The deal needs a name.", draft_[Field::Name].value_or(""));
        }
    }

    void take_email() {
        const auto* text = given(Field::ContactEmail);
        if (text == nullptr) return;
        std::string address = trimmed(*text);
        if (is_email(address)) {
            std::ranges::transform(address, address.begin(), [](unsigned char c) { return static_cast<char>(c < 128 ? std::tolower(c) : c); });
            out_.values.contact_email = address;
            out_.lead_email = std::move(address);
            return;
        }
        auto wrong = field_refusal("contact_email", "invalid_email", "This is not an e-mail address.", *text).details.front();
        if (must_mend_email(draft_.source)) {
            problems_.push_back(std::move(wrong));
            return;
        }
        out_.given.reset(static_cast<std::size_t>(Field::ContactEmail));
        out_.warnings.push_back(std::move(wrong));
    }

    void take_money() {
        out_.values.currency = settings_.base_currency;
        if (const auto* text = given(Field::Currency)) {
            auto currency = parse_currency(trimmed(*text));
            if (currency) out_.values.currency = *currency;
            else take_problem(problems_, std::move(currency.error()), Field::Currency, *text);
        }
        const auto* text = given(Field::Value);
        if (text == nullptr) return;
        if (draft_.reading == Reading::Strict) {
            auto minor = parse_plain_amount(trimmed(*text), out_.values.currency);
            if (minor) out_.values.value_minor = *minor;
            else take_problem(problems_, std::move(minor.error()), Field::Value, *text);
            return;
        }
        auto amount = parse_written_amount(trimmed(*text), out_.values.currency, draft_.decimal_mark);
        if (!amount) return take_problem(problems_, std::move(amount.error()), Field::Value, *text);
        out_.values.value_minor = amount->minor;
        const bool said_apart = out_.given.test(static_cast<std::size_t>(Field::Currency));
        if (amount->named_currency && !said_apart) {
            out_.values.currency = amount->currency;
            out_.given.set(static_cast<std::size_t>(Field::Currency));
        }
    }

    void take_words() {
        if (const auto* text = given(Field::Stage)) {
            auto stage = stage_of(trimmed(*text), settings_, draft_.source);
            if (stage) out_.values.stage = *stage;
            else take_problem(problems_, std::move(stage.error()), Field::Stage, *text);
        }
        if (const auto* text = given(Field::Probability)) {
            auto probability = probability_of(*text, draft_.reading);
            if (probability) out_.values.probability = *probability;
            else take_problem(problems_, std::move(probability.error()), Field::Probability, *text);
        }
        if (const auto* text = given(Field::ValueEstimated)) out_.values.value_estimated = *text == "true" || *text == "1";
    }

    void take_times() {
        if (const auto* text = given(Field::ExpectedCloseDate)) {
            auto date = parse_date(trimmed(*text), draft_.date_order);
            if (date) out_.values.expected_close_date = *date;
            else take_problem(problems_, std::move(date.error()), Field::ExpectedCloseDate, *text);
        }
        take_instant(Field::CreatedAt, out_.values.created_at);
        take_instant(Field::StageEnteredAt, out_.values.stage_entered_at);
        take_instant(Field::ClosedAt, out_.values.closed_at);
    }

    // Files write days where programs write instants; a day stands for its midnight UTC. The future is cut to now.
    void take_instant(Field field, std::int64_t& member) {
        const auto* text = given(field);
        if (text == nullptr) return;
        constexpr std::int64_t kDayMs = 86'400'000;
        auto instant = parse_instant(trimmed(*text));
        if (!instant) {
            auto date = parse_date(trimmed(*text), draft_.date_order);
            if (!date) return take_problem(problems_, std::move(date.error()), field, *text);
            instant = std::int64_t{date->days} * kDayMs;
        }
        member = std::min(*instant, now_ms_);
    }

    void make_key() {
        if (!out_.given.test(static_cast<std::size_t>(Field::Name)) || out_.values.is_spam) return;
        const std::string company = normal_company(out_.values.company);
        out_.values.match_key = match_key(normal_name(out_.values.name), company, out_.source);
    }

    Refusal refusal() {
        if (problems_.size() == 1) {
            return {.reason = Reason::Invalid, .code = problems_.front().code, .message = problems_.front().message, .details = std::move(problems_)};
        }
        std::string code = problems_.front().code;
        return {.reason = Reason::Invalid, .code = std::move(code),
                .message = std::to_string(problems_.size()) + " fields of the deal cannot be taken as they are.", .details = std::move(problems_)};
    }

    const Draft& draft_;
    const Settings& settings_;
    std::int64_t now_ms_;
    Candidate out_;
    Problems problems_;
};

} // namespace

Result<Candidate> normalise(const Draft& draft, const Settings& settings, std::int64_t now_ms) {
    return Normaliser(draft, settings, now_ms).run();
}

} // namespace tributary
