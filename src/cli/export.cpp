// export: all deals of a workspace as CSV (safe in a spreadsheet) or NDJSON (exact). Works beside a running server.
#include "cli/cli.hpp"
#include "cli/data_directory.hpp"
#include "deal/show.hpp"
#include "deal/spreadsheet.hpp"

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <utility>

namespace tributary {
namespace {

TenantScope find_scope(Store& store, const std::string& tenant, const std::string& workspace) {
    const auto rows = store.registry().list_workspaces();
    const auto found = std::ranges::find_if(rows, [&](const auto& row) { return row.tenant_id == tenant && row.workspace_id == workspace; });
    if (found == rows.end()) throw std::runtime_error("there is no workspace " + tenant + "/" + workspace);
    return ScopeMaker::make(found->tenant, found->no, found->tenant_id, found->workspace_id);
}

// "External ID" is what an import goes by, so that an exported file can be mended and imported again.
const std::vector<std::string> kColumns = {
    "Tributary ID", "External ID",         "Deal Name",    "Company",       "Value",         "Currency",  "Stage",
    "Probability",  "Expected Close Date", "Contact Name", "Contact Email", "Contact Phone", "Owner",     "Description",
    "Source",       "Health Score",        "Risk Level",   "Lost Reason",   "Created At",    "Updated At"};

std::string percent(std::int32_t probability) {
    std::string text = std::to_string(probability / 100);
    if (const int rest = probability % 100; rest != 0) text += "." + std::string(rest < 10 ? "0" : "") + std::to_string(rest);
    return text;
}

std::string file_id(const std::vector<ExternalId>& external_ids) {
    const auto own = std::ranges::find(external_ids, source_key(Source::Csv), &ExternalId::system);
    return own == external_ids.end() ? std::string() : own->id;
}

std::vector<std::string> cells_of(const Deal& deal) {
    return {deal.id.text(),
            file_id(deal.external_ids),
            deal.name,
            deal.company,
            amount_text(deal.value_minor, deal.currency),
            std::string(deal.currency.text()),
            std::string(stage_key(deal.stage)),
            percent(deal.probability),
            deal.expected_close_date ? date_text(*deal.expected_close_date) : "",
            deal.contact_name,
            deal.contact_email,
            deal.contact_phone,
            deal.owner,
            deal.description,
            std::string(source_key(deal.source)),
            std::to_string(deal.health_score),
            std::string(risk_key(deal.risk)),
            deal.lost_reason,
            instant_text(deal.created_at),
            instant_text(deal.updated_at)};
}

// Standard output or a file. What was put is there only after close().
class Out {
  public:
    explicit Out(const std::string& name)
        : name_(name == "-" ? "standard output" : name), file_(name == "-" ? stdout : std::fopen(name.c_str(), "wb")) {
        if (file_ == nullptr) throw std::runtime_error("cannot write to " + name_);
    }
    ~Out() {
        if (file_ != nullptr && file_ != stdout) std::fclose(file_);
    }
    Out(const Out&) = delete;
    Out& operator=(const Out&) = delete;

    void put(const std::string& text) {
        if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) fail();
    }
    void close() {
        std::FILE* file = std::exchange(file_, nullptr);
        if ((file == stdout ? std::fflush(file) : std::fclose(file)) != 0) fail();
    }

  private:
    [[noreturn]] void fail() const { throw std::runtime_error("cannot write everything to " + name_); }

    std::string name_;
    std::FILE* file_;
};

} // namespace

int export_deals(const ExportOptions& options) {
    const auto store = open_existing_store(options.data);
    const TenantScope scope = find_scope(*store, options.tenant, options.workspace);
    Out out(options.out);
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
        out.put(text);
        text.clear();
        query.after = page.next;
    } while (!query.after.empty());
    out.close();
    return 0;
}

} // namespace tributary
