// A CRM account's stages; see crm_reading.hpp.
#include "sources/crm_reading.hpp"

#include "sources/reader_text.hpp"

#include <algorithm>

namespace tributary {

void CrmStageTable::add(CrmStageEntry entry) {
    const auto same = std::ranges::find_if(entries_, [&](const CrmStageEntry& each) {
        return equal_no_case(each.pipeline, entry.pipeline) && equal_no_case(each.stage, entry.stage);
    });
    if (same != entries_.end())
        *same = std::move(entry);
    else if (entries_.size() < kCrmStagesMax)
        entries_.push_back(std::move(entry));
}

const CrmStageEntry* CrmStageTable::find(std::string_view pipeline, std::string_view stage) const {
    if (stage.empty()) return nullptr;
    for (const auto name : {&CrmStageEntry::stage, &CrmStageEntry::label}) {
        const CrmStageEntry* found = nullptr;
        bool several = false;
        for (const CrmStageEntry& each : entries_) {
            const bool same_pipeline = pipeline.empty() || each.pipeline.empty() || equal_no_case(each.pipeline, pipeline);
            if (!same_pipeline || !equal_no_case(trimmed(each.*name), stage)) continue;
            several = found != nullptr;
            if (several) break;
            found = &each;
        }
        if (found != nullptr && !several) return found;
    }
    return nullptr;
}

} // namespace tributary
