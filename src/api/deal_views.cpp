// See deal_views.hpp.
#include "api/deal_views.hpp"

#include "deal/folded.hpp"

#include <algorithm>

namespace tributary {
namespace {

std::size_t bytes_of(const DealView& view) { return sizeof(DealView) + view.asked.size() + view.places.capacity() * sizeof(DealPlace); }

// Each part says its length, so that no two queries write the same.
void append_part(std::string& out, std::string_view text) { out += std::to_string(text.size()) + ':' + std::string(text) + ' '; }

template <typename T>
void append_set(std::string& out, const std::vector<T>& members) {
    std::uint32_t mask = 0;
    for (const T member : members) mask |= std::uint32_t{1} << static_cast<unsigned>(member);
    append_part(out, std::to_string(mask));
}

} // namespace

std::string view_key(const DealQuery& query) {
    std::string key;
    append_set(key, query.stages);
    append_set(key, query.sources);
    append_set(key, query.risks);
    for (const auto* text : {&query.owner, &query.company, &query.contact_email}) append_part(key, *text);
    for (const std::string& word : folded_words(query.search)) append_part(key, word);
    append_part(key, "|");
    append_part(key, query.external ? query.external->system + '\n' + query.external->id : std::string());
    for (const auto& amount : {query.value_min_minor, query.value_max_minor})
        append_part(key, amount ? std::to_string(*amount) : std::string());
    append_part(key, query.is_active ? (*query.is_active ? "active" : "closed") : "");
    for (const bool flag : {query.with_deleted, query.with_spam, query.descending}) key += flag ? '1' : '0';
    append_part(key, std::to_string(static_cast<int>(query.sort)));
    return key;
}

DealViewPtr DealViews::find(WorkspaceNo workspace, const Id& id, std::int64_t now_ms) {
    const std::lock_guard lock(mutex_);
    drop_unused(now_ms);
    const auto kept = std::ranges::find_if(kept_, [&](const Kept& one) { return one.view->id == id && one.view->workspace == workspace; });
    return kept == kept_.end() ? nullptr : use(kept, now_ms);
}

DealViewPtr DealViews::find_same(WorkspaceNo workspace, std::string_view asked, std::uint64_t seq, std::int64_t now_ms) {
    const std::lock_guard lock(mutex_);
    drop_unused(now_ms);
    const auto kept = std::ranges::find_if(
        kept_, [&](const Kept& one) { return one.view->workspace == workspace && one.view->seq == seq && one.view->asked == asked; });
    return kept == kept_.end() ? nullptr : use(kept, now_ms);
}

void DealViews::keep(DealViewPtr view, std::int64_t now_ms) {
    const std::lock_guard lock(mutex_);
    drop_unused(now_ms);
    bytes_ += bytes_of(*view);
    kept_.push_front({std::move(view), now_ms});
    while (kept_.size() > kViewsMax || (bytes_ > kBytesMax && kept_.size() > 1)) drop_last();
}

std::size_t DealViews::bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
}

DealViews::Loan DealViews::lend() {
    if (lent_->fetch_add(1) < kLentMax) return {lent_.get(), [lent = lent_](const void*) { lent->fetch_sub(1); }};
    lent_->fetch_sub(1);
    return nullptr;
}

void DealViews::drop_unused(std::int64_t now_ms) {
    while (!kept_.empty() && now_ms - kept_.back().used_at > kUnusedMsMax) drop_last();
}

DealViewPtr DealViews::use(std::list<Kept>::iterator kept, std::int64_t now_ms) {
    kept->used_at = now_ms;
    kept_.splice(kept_.begin(), kept_, kept);
    return kept->view;
}

void DealViews::drop_last() {
    bytes_ -= bytes_of(*kept_.back().view);
    kept_.pop_back();
}

} // namespace tributary
