// export: all deals of a workspace as CSV (safe in a spreadsheet) or NDJSON (exact). Works beside a running server.
#include "cli/cli.hpp"
#include "deal/show.hpp"
#include "deal/spreadsheet.hpp"
#include "store/store.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <stdexcept>

namespace tributary {
namespace {

TenantScope find_scope(Store& store, const std::string& tenant, const std::string& workspace) {
    const auto rows = store.registry().list_workspaces();
    const auto found = std::ranges::find_if(rows, [&](const auto& row) { return row.tenant_id == tenant && row.workspace_id == workspace; });
    if (found == rows.end()) throw std::runtime_error("there is no workspace " + tenant + "/" + workspace);
    return ScopeMaker::make(found->tenant, found->no, found->tenant_id, found->workspace_id);
}

const std::vector<std::string> kColumns = {"Deal ID", "Deal Name", "Company", "Value", "Currency", "Stage", "Probability", "Expected Close Date",
                                           "Contact Name", "Contact Email", "Contact Phone", "Owner", "Description", "Source", "Health Score",
                                           "Risk Level", "Lost Reason", "Created At", "Updated At"};

std::string percent(std::int32_t probability) {
    std::string text = std::to_string(probability / 100);
    if (const int rest = probability % 100; rest != 0) text += "." + std::string(rest < 10 ? "0" : "") + std::to_string(rest);
    return text;
}

std::vector<std::string> cells_of(const Deal& deal) {
    return {deal.id.text(), deal.name, deal.company, amount_text(deal.value_minor, deal.currency), std::string(deal.currency.text()),
            std::string(stage_key(deal.stage)), percent(deal.probability), deal.expected_close_date ? date_text(*deal.expected_close_date) : "",
            deal.contact_name, deal.contact_email, deal.contact_phone, deal.owner, deal.description, std::string(source_key(deal.source)),
            std::to_string(deal.health_score), std::string(risk_key(deal.risk)), deal.lost_reason, instant_text(deal.created_at), instant_text(deal.updated_at)};
}

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

File open_out(const std::string& name) {
    if (name == "-") return {stdout, std::fflush};
    File file(std::fopen(name.c_str(), "wb"), std::fclose);
    if (!file) throw std::runtime_error("cannot write to " + name);
    return file;
}

void put(std::FILE* file, const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), file) != text.size()) throw std::runtime_error("cannot write the whole file");
}

} // namespace

int export_deals(const ExportOptions& options) {
    const auto store = open_sqlite({.directory = options.data, .readers = 1, .writer_cache_kib = 2'048});
    const TenantScope scope = find_scope(*store, options.tenant, options.workspace);
    const File out = open_out(options.out);
    const bool csv = options.format == "csv";
    std::string text;
    if (csv) append_csv_row(text, kColumns);
    DealQuery query;
    query.descending = false;
    query.limit = 500;
    do { // a page is a read of its own: a long export does not hold up checkpoints
        DealPage page;
        store->read(scope, [&](LedgerReader& ledger) { page = ledger.list_deals(query); });
        for (std::size_t at = 0; at < page.deals.size(); ++at) {
            if (csv) {
                append_csv_row(text, cells_of(page.deals[at]));
            } else {
                append_deal(text, page.deals[at], {scope.tenant_id(), scope.workspace_id()});
                text += '\n';
            }
        }
        put(out.get(), text);
        text.clear();
        query.after = page.next;
    } while (!query.after.empty());
    return 0;
}

} // namespace tributary
