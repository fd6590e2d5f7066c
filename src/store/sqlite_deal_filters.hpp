// The filters of a list of deals and their values side by side, so that they cannot drift apart. Private to the store's room.
#pragma once
#include "store/sqlite_page.hpp"
#include "store/sqlite_session.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tributary::sqlite {

class DealFilters {
  public:
    DealFilters(Session& session, const DealQuery& query); // keeps the query by reference
    void add_to(Shape& shape) const;                       // " AND ..." for each; after a WHERE
    void bind_to(Statement& list) const;                   // in the same order; the texts live as long as this

  private:
    void find_listed(Session& session, const ExternalId& external);

    const DealQuery& query_;
    std::string words_;
    std::vector<std::int64_t> listed_;
};

} // namespace tributary::sqlite
