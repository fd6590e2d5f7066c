// The wall's three parts: function, authorizer, hook. See sqlite_wall.hpp.
#define SQLITE_ENABLE_PREUPDATE_HOOK 1 // declares what Debian's library has
#include "store/sqlite_wall.hpp"

#include "store/store.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace tributary::sqlite {
namespace {

struct View {
    std::string_view name;
    std::string_view table;
};
constexpr std::array<View, 15> kViews{{{"deals", "x_deals"},
                                       {"leads", "x_leads"},
                                       {"journal", "x_journal"},
                                       {"units", "x_units"},
                                       {"imports", "x_units"},
                                       {"whole_imports", "x_units"},
                                       {"raw", "x_raw"},
                                       {"outcomes", "x_outcomes"},
                                       {"answers", "x_answers"},
                                       {"settings", "x_settings"},
                                       {"mappings", "x_mappings"},
                                       {"cursors", "x_cursors"},
                                       {"days", "x_days"},
                                       {"source_figures", "x_sources"},
                                       {"wanted", "x_wanted"}}};
constexpr std::array<std::string_view, 8> kFunctions{"current_tenant", "like", "max", "min", "ifnull", "count", "folded", "holds_words"};

std::string_view text_of(const char* text) { return text == nullptr ? std::string_view{} : std::string_view{text}; }

bool is_view(std::string_view name) { return std::ranges::find(kViews, name, &View::name) != kViews.end(); }
bool is_walled_table(std::string_view name) { return std::ranges::find(kViews, name, &View::table) != kViews.end(); }
bool stands_behind(std::string_view table, std::string_view view) {
    const auto place = std::ranges::find(kViews, view, &View::name);
    return place != kViews.end() && place->table == table;
}
bool is_registry_table(std::string_view name) { return name.starts_with("r_"); }

bool may_read(const Wall& wall, std::string_view table, std::string_view database, std::string_view inside) {
    if (wall.use == Use::Registry) return is_registry_table(table);
    if (database != "main" && !database.empty()) return false;
    if (wall.use == Use::Write) return is_walled_table(table);
    if (wall.use != Use::Read) return false;
    return is_view(table) || stands_behind(table, inside);
}

bool may_write(const Wall& wall, std::string_view table, std::string_view database) {
    if (database != "main") return false;
    return (wall.use == Use::Write && is_walled_table(table)) || (wall.use == Use::Registry && is_registry_table(table));
}

int authorize(void* context, int action, const char* first, const char* second, const char* database, const char* inside) {
    const Wall& wall = *static_cast<const Wall*>(context);
    if (wall.use == Use::Anything) return SQLITE_OK;
    bool allowed = false;
    switch (action) {
    case SQLITE_TRANSACTION: allowed = wall.use == Use::Turn; break;
    // In a write it stands for VALUES of several rows; a text with a real SELECT does not come this far.
    case SQLITE_SELECT: allowed = wall.use == Use::Read || wall.use == Use::Write || wall.use == Use::Registry; break;
    case SQLITE_READ: allowed = may_read(wall, text_of(first), text_of(database), text_of(inside)); break;
    case SQLITE_INSERT:
    case SQLITE_DELETE:
    case SQLITE_UPDATE: allowed = may_write(wall, text_of(first), text_of(database)); break;
    case SQLITE_FUNCTION: allowed = std::ranges::find(kFunctions, text_of(second)) != kFunctions.end(); break;
    default: break; // ATTACH, PRAGMA, every CREATE, DROP and ALTER, REINDEX, ANALYZE, SAVEPOINT, RECURSIVE
    }
    return allowed ? SQLITE_OK : SQLITE_DENY;
}

void answer_tenant(sqlite3_context* context, int /*count*/, sqlite3_value** /*values*/) {
    const Wall& wall = *static_cast<const Wall*>(sqlite3_user_data(context));
    if (wall.tenant > 0) {
        sqlite3_result_int64(context, wall.tenant);
    } else {
        sqlite3_result_null(context);
    }
}

// Whose row it is stands in its number, or in the first column of its key.
enum class Owner : std::uint8_t { WorkspaceInNumber, TenantInNumber, TenantInKey };
Owner owner_of(std::string_view table) {
    if (table == "x_deals" || table == "x_leads" || table == "x_units") return Owner::WorkspaceInNumber;
    return table == "x_journal" ? Owner::TenantInNumber : Owner::TenantInKey;
}

bool is_ours(const Wall& wall, sqlite3_value* tenant) { return tenant != nullptr && sqlite3_value_int64(tenant) == wall.tenant; }

void before_change(void* context, sqlite3* handle, int action, const char* /*database*/, const char* table, sqlite3_int64 before_no,
                   sqlite3_int64 after_no) {
    Wall& wall = *static_cast<Wall*>(context);
    const bool leaves = action != SQLITE_INSERT;
    const bool comes = action != SQLITE_DELETE;
    bool ours = wall.tenant > 0;
    const Owner owner = owner_of(table);
    if (owner != Owner::TenantInKey) {
        const std::int64_t mine = owner == Owner::TenantInNumber ? wall.tenant : wall.workspace;
        if (leaves) ours = ours && before_no >> kRowBits == mine;
        if (comes) ours = ours && after_no >> kRowBits == mine;
    } else {
        sqlite3_value* tenant = nullptr;
        if (leaves) ours = ours && sqlite3_preupdate_old(handle, 0, &tenant) == SQLITE_OK && is_ours(wall, tenant);
        if (comes) ours = ours && sqlite3_preupdate_new(handle, 0, &tenant) == SQLITE_OK && is_ours(wall, tenant);
    }
    if (!ours) wall.broken = true;
}

bool is_write(std::string_view word) { return word == "INSERT" || word == "UPDATE" || word == "DELETE"; }

bool has_select(std::string_view text) {
    constexpr std::string_view kSelect = "SELECT";
    const auto same = [](char left, char right) { return std::toupper(static_cast<unsigned char>(left)) == right; };
    return std::search(text.begin(), text.end(), kSelect.begin(), kSelect.end(), same) != text.end();
}

} // namespace

void name_tenant(sqlite3* handle, Wall& wall) {
    // Deterministic is true within one run of a statement, for a scope changes only between runs; so it is asked once a run.
    constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    if (sqlite3_create_function_v2(handle, "current_tenant", 0, kFlags, &wall, answer_tenant, nullptr, nullptr, nullptr) != SQLITE_OK) {
        throw StoreError("the tenant function could not be made");
    }
}

void raise_wall(sqlite3* handle, Wall& wall, bool writes) {
    sqlite3_set_authorizer(handle, authorize, &wall);
    if (writes) sqlite3_preupdate_hook(handle, before_change, &wall);
    wall.use = Use::Nothing;
}

bool may_be(Use use, std::string_view text) {
    const std::string_view word = text.substr(0, text.find(' '));
    switch (use) {
    case Use::Turn: return word == "BEGIN" || word == "COMMIT" || word == "ROLLBACK";
    case Use::Read: return word == "SELECT" && !names_walled_table(text);
    case Use::Write: return is_write(word) && !has_select(text);
    case Use::Registry: return word == "SELECT" || is_write(word);
    case Use::Anything: return true;
    case Use::Nothing: break;
    }
    return false;
}

bool names_walled_table(std::string_view text) {
    for (std::size_t at = text.find('_'); at != std::string_view::npos; at = text.find('_', at + 1)) {
        if (at == 0 || (text[at - 1] != 'x' && text[at - 1] != 'X')) continue;
        if (at == 1 || (std::isalnum(static_cast<unsigned char>(text[at - 2])) == 0 && text[at - 2] != '_')) return true;
    }
    return false;
}

} // namespace tributary::sqlite
