// See sqlite_deal_filters.hpp.
#include "store/sqlite_deal_filters.hpp"

#include "store/sqlite_text.hpp"

#include <span>

namespace tributary::sqlite {
namespace {

constexpr std::size_t kExternalFoundMax = 32; // deals that share one external id, each from another system

template <typename T>
std::int64_t mask_of(const std::vector<T>& members) {
    std::int64_t mask = 0;
    for (const T member : members) mask |= std::int64_t{1} << static_cast<unsigned>(member);
    return mask;
}

static_assert(static_cast<int>(Stage::ClosedWon) == 4 && static_cast<int>(Stage::ClosedLost) == 5, "is_active below counts on it");

} // namespace

DealFilters::DealFilters(Session& session, const DealQuery& query) : query_(query), words_(search_text(query.search)) {
    if (query.external) find_listed(session, *query.external);
}

// What stands first in a row is asked first, and the words last: they cost most.
void DealFilters::add_to(Shape& shape) const {
    shape.add(!query_.with_deleted, " AND deleted_at = 0");
    shape.add(!query_.with_spam, " AND is_spam = 0");
    shape.add(!query_.stages.empty(), " AND ((1 << stage) & ?) <> 0");
    shape.add(!query_.sources.empty(), " AND ((1 << source) & ?) <> 0");
    shape.add(!query_.risks.empty(), " AND ((1 << risk) & ?) <> 0");
    shape.add(query_.value_min_minor.has_value(), " AND value_minor >= ?");
    shape.add(query_.value_max_minor.has_value(), " AND value_minor <= ?");
    shape.add(query_.is_active.has_value(), " AND (stage < 4 AND deleted_at = 0 AND is_spam = 0) = ?");
    shape.add(!query_.owner.empty(), " AND owner = ?");
    shape.add(!query_.company.empty(), " AND company = ?");
    shape.add(!query_.contact_email.empty(), " AND contact_email = ?");
    shape.add(!words_.empty(), " AND holds_words(?, name, company, owner, contact_email, contact_name)");
    if (!query_.external) return;
    shape.add(true, " AND no IN (NULL");
    for (std::size_t at = 0; at < listed_.size(); ++at) shape.add(true, ", ?");
    shape.add(true, ")");
}

void DealFilters::bind_to(Statement& list) const {
    if (!query_.stages.empty()) list.bind(mask_of(query_.stages));
    if (!query_.sources.empty()) list.bind(mask_of(query_.sources));
    if (!query_.risks.empty()) list.bind(mask_of(query_.risks));
    if (query_.value_min_minor) list.bind(*query_.value_min_minor);
    if (query_.value_max_minor) list.bind(*query_.value_max_minor);
    if (query_.is_active) list.bind(std::int64_t{*query_.is_active});
    if (!query_.owner.empty()) list.bind(query_.owner);
    if (!query_.company.empty()) list.bind(query_.company);
    if (!query_.contact_email.empty()) list.bind(query_.contact_email);
    if (!words_.empty()) list.bind(words_);
    for (const std::int64_t no : listed_) list.bind(no);
}

void DealFilters::find_listed(Session& session, const ExternalId& external) {
    if (external.system.empty()) {
        for (const Id& id : find_external_any(session, external.id)) listed_.push_back(session.row_no(id));
    } else if (const auto id = find_external(session, std::span(&external, 1)).front()) {
        listed_.push_back(session.row_no(*id));
    }
    if (listed_.size() > kExternalFoundMax) listed_.resize(kExternalFoundMax);
}

} // namespace tributary::sqlite
