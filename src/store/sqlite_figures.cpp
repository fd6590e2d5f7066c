// Figures kept beside the deals: of days and of sources. Texts made and read by others (pipeline/day_figures.cpp, api/source_book.cpp).
#include "store/sqlite_queries.hpp"
#include "store/sqlite_session.hpp"

namespace tributary::sqlite {

DayHistory read_days(Session& session, std::int32_t day) {
    DayHistory history;
    {
        Statement first(session.db, kFirstDay);
        first.bind(session.workspace);
        if (!first.row()) return history;
        history.first_day = static_cast<std::int32_t>(first.number(0));
    }
    Statement read(session.db, kReadDay);
    read.bind(session.workspace).bind(std::int64_t{day});
    if (read.row()) history.at = DayFigures{.day = static_cast<std::int32_t>(read.number(0)), .figures = std::string(read.text(1))};
    return history;
}

void put_day(Session& session, const DayFigures& figures) {
    Statement put(session.db, kPutDay);
    put.bind(session.workspace).bind(std::int64_t{figures.day}).bind(figures.figures);
    put.run();
}

std::vector<SourceFigures> read_source_figures(Session& session) {
    std::vector<SourceFigures> found;
    Statement read(session.db, kReadSourceFigures);
    read.bind(session.workspace);
    while (read.row()) {
        const std::int64_t source = read.number(0);
        if (source < 0 || source >= static_cast<std::int64_t>(kSourceCount)) continue;
        found.push_back({static_cast<Source>(source), std::string(read.text(1))});
    }
    return found;
}

void put_source_figures(Session& session, const SourceFigures& figures) {
    Statement put(session.db, kPutSourceFigures);
    put.bind(session.workspace).bind(static_cast<std::int64_t>(figures.source)).bind(figures.figures);
    put.run();
}

} // namespace tributary::sqlite
