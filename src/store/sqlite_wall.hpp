// The second wall between tenants (the first is TenantScope): the database itself shows and takes rows of one tenant only.
// - Reading goes through views that filter by current_tenant(); the authorizer refuses tables behind them, and a reading text
//   may not even contain their prefix (a common table expression can borrow a view's name, a text cannot hide one).
// - Writing goes to the tables; a hook compares the tenant of every row touched, before and after, with the open scope.
//   One wrong row breaks the wall's `broken` flag: the statement throws and the transaction can only be rolled back.
// - ATTACH, PRAGMA, DDL, temporary tables, sub-selects in writes: refused.
// The authorizer works while a statement is prepared, so it costs nothing later. Private to the store's room.
#pragma once
#include <cstdint>
#include <string_view>

struct sqlite3;

namespace tributary::sqlite {

// What the statement being prepared or run is for.
enum class Use : std::uint8_t {
    Nothing,  // between statements: everything is refused
    Turn,     // BEGIN, COMMIT, ROLLBACK
    Read,     // SELECT from the views
    Write,    // one INSERT, UPDATE or DELETE of one table of tenants' rows
    Registry, // tables above tenants, read and written
    Anything, // opening, schema, maintenance
};

struct Wall {
    std::int64_t tenant = 0;    // 0: no scope is open, and no row is seen
    std::int64_t workspace = 0; // of that tenant; numbers of workspaces are unique over all tenants
    Use use = Use::Anything;
    bool broken = false;
};

// Row numbers are owner * 2^40 + n; the owner is the workspace, in the journal the tenant.
inline constexpr int kRowBits = 40;
[[nodiscard]] constexpr std::int64_t first_row_no(std::int64_t owner) { return owner << kRowBits; }
[[nodiscard]] constexpr std::int64_t end_row_no(std::int64_t owner) { return (owner + 1) << kRowBits; }
[[nodiscard]] constexpr std::int64_t row_count_part(std::int64_t no) { return no & ((std::int64_t{1} << kRowBits) - 1); }
inline constexpr std::int64_t kOwnerNoMax = (std::int64_t{1} << 22) - 1;

// Names the function current_tenant() on the connection; views need it. `wall` must outlive the connection.
void name_tenant(sqlite3* handle, Wall& wall);
// Builds the wall on the connection: authorizer, and with `writes` the hook.
void raise_wall(sqlite3* handle, Wall& wall, bool writes);

// False for a text that cannot be meant for that use: VACUUM, say, asks the authorizer only when it runs; a reading text may
// not name a table behind the views, a writing one may not select.
[[nodiscard]] bool may_be(Use use, std::string_view text);
// True when a reading text names a table behind the views.
[[nodiscard]] bool names_walled_table(std::string_view text);

} // namespace tributary::sqlite
