// The workspace's saved mappings as the reader of one upload may use them. Any thread; asking waits for a reading connection.
#pragma once
#include "api/call.hpp"
#include "sources/source.hpp"

#include <memory>

namespace tributary {

[[nodiscard]] std::shared_ptr<const MappingShelf> mapping_shelf(const CallPtr& call);

// Refuses with too_many_mappings when one more of that name would be.
[[nodiscard]] Result<void> room_for_mapping(LedgerReader& ledger, std::string_view name);

} // namespace tributary
