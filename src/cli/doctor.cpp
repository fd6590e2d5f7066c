// doctor: looks at a data directory and says what it finds. Works beside a running server.
#include "cli/cli.hpp"
#include "cli/data_directory.hpp"
#include "cli/secret_key.hpp"
#include "crm/sealing.hpp"

#include <cstdio>

namespace tributary {
namespace {

// Counts that must agree: the deals as they are read one by one, and the numbers of the journal without a gap.
std::size_t check_workspace(Store& store, const WorkspaceRow& row) {
    const auto scope = ScopeMaker::make(row.tenant, row.no, row.tenant_id, row.workspace_id);
    std::size_t wrong = 0;
    store.read(scope, [&](LedgerReader& ledger) {
        std::uint64_t deals = 0;
        std::uint64_t odd = 0;
        ledger.for_each_rankable([&](const Deal& deal) {
            ++deals;
            if (deal.value_minor < 0 || deal.health_score < 0 || deal.health_score > 100 || deal.probability < 0 || deal.probability > kProbabilityMax) ++odd;
        });
        std::printf("  %s/%s: %llu deals, journal 1..%llu", row.tenant_id.c_str(), row.workspace_id.c_str(), static_cast<unsigned long long>(deals),
                    static_cast<unsigned long long>(ledger.last_seq()));
        if (odd != 0) std::printf(", %llu deals outside their bounds", static_cast<unsigned long long>(odd));
        std::printf("\n");
        wrong = odd;
    });
    return wrong;
}

// Makes no key: without one, what is sealed is lost.
std::size_t check_secrets(Store& store, const DoctorOptions& options) {
    if (!holds_secrets(store.connections())) return 0;
    const Vault vault(key_ring(options.data, told_secret_keys(options.secret_key_file), false));
    const SealSurvey survey = survey_seals(store.connections(), vault);
    std::printf("  secrets: %zu open, %zu of them with an older key\n", survey.open, survey.older);
    for (const SealedCell& cell : survey.closed)
        std::printf("  %s of connection %s does not open: another key sealed it, or it was changed\n", std::string(cell.column).c_str(),
                    cell.connection.text().c_str());
    return survey.closed.size();
}

} // namespace

int doctor(const DoctorOptions& options) {
    const auto store = open_existing_store(options.data);
    std::printf("data directory %s\n", options.data.c_str());
    store->check(options.thorough);
    std::printf("  database: sound (%s)\n", options.thorough ? "every page and index" : "quick look; --thorough reads everything");
    std::size_t wrong = 0;
    for (const WorkspaceRow& row : store->registry().list_workspaces()) wrong += check_workspace(*store, row);
    wrong += check_secrets(*store, options);
    if (wrong == 0) std::puts("all is well");
    return wrong == 0 ? 0 : 1;
}

} // namespace tributary
