// See deal_query.hpp.
#include "api/deal_query.hpp"

#include "api/paging.hpp"
#include "api/replies.hpp"

#include <algorithm>
#include <array>

namespace tributary {
namespace {

Refusal bad_parameter(std::string_view name, std::string message, std::string_view value) {
    return field_refusal(name, "invalid_parameter", std::move(message), value);
}

// "discovery,proposal" through a word list's parser.
template <typename T, typename Parse>
Result<void> words(const http::Request& request, std::string_view name, Parse parse, std::vector<T>& out) {
    std::string_view rest = request.param(name);
    while (!rest.empty()) {
        const std::size_t comma = rest.find(',');
        const auto word = parse(rest.substr(0, comma));
        if (!word) return std::unexpected(bad_parameter(name, "There is no such " + std::string(name) + ".", rest.substr(0, comma)));
        out.push_back(*word);
        rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    }
    return {};
}

Result<void> amount(const http::Request& request, std::string_view name, Currency base, std::optional<std::int64_t>& out) {
    const auto text = request.param(name);
    if (text.empty()) return {};
    const auto minor = parse_plain_amount(text, base);
    if (!minor) return std::unexpected(bad_parameter(name, "This is not an amount.", text));
    out = *minor;
    return {};
}

Result<void> sort(const http::Request& request, DealQuery& query) {
    std::string_view text = request.param("sort");
    if (text.empty()) return {};
    query.descending = text.starts_with('-');
    const std::string_view name = query.descending ? text.substr(1) : text;
    static constexpr std::array<std::string_view, kDealSortCount> kNames = {"created_at", "updated_at", "value", "name", "health_score", "expected_close_date",
                                                                         "company", "stage", "probability", "owner", "source"};
    const auto found = std::ranges::find(kNames, name);
    if (found == kNames.end()) return std::unexpected(bad_parameter("sort", "The list cannot be sorted by this.", text));
    query.sort = static_cast<DealSort>(found - kNames.begin());
    return {};
}

Result<void> switches(const http::Request& request, DealQuery& query) {
    const auto active = request.param("active");
    if (!active.empty()) {
        if (active != "true" && active != "false") return std::unexpected(bad_parameter("active", "This is true or false.", active));
        query.is_active = active == "true";
    }
    std::vector<bool> parts;
    return words(request, "include", [&](std::string_view word) -> std::optional<bool> {
        if (word == "deleted") return query.with_deleted = true;
        if (word == "spam") return query.with_spam = true;
        if (word == "analysis") return true; // is of the answer, not of the list
        return std::nullopt;
    }, parts);
}

} // namespace

Result<DealQuery> deal_query(const http::Request& request, const Settings& settings) {
    DealQuery query;
    for (const auto& checked : {words(request, "stage", parse_stage, query.stages), words(request, "source", parse_source, query.sources),
                                words(request, "risk_level", parse_risk, query.risks), amount(request, "value_min", settings.base_currency, query.value_min_minor),
                                amount(request, "value_max", settings.base_currency, query.value_max_minor), sort(request, query), switches(request, query)}) {
        if (!checked) return std::unexpected(checked.error());
    }
    query.owner = request.param("owner");
    query.company = request.param("company");
    query.contact_email = request.param("contact_email");
    std::ranges::transform(query.contact_email, query.contact_email.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    query.search = request.param("q");
    if (const auto id = request.param("external_id"); !id.empty()) query.external = ExternalId{std::string(request.param("external_system")), std::string(id)};
    auto page = page_asked(request);
    if (!page) return std::unexpected(std::move(page.error()));
    query.limit = page->limit;
    query.after = std::move(page->cursor);
    return query;
}

} // namespace tributary
