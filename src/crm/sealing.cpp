// See sealing.hpp.
#include "crm/sealing.hpp"

#include "crm/token_keeper.hpp"

#include <array>

namespace tributary {
namespace {

struct SealedColumn {
    Connections::Column column;
    std::string_view name;
    std::string CrmConnection::* sealed;
};
constexpr std::array<SealedColumn, 4> kColumns{{{Connections::Column::AccessToken, "access_token", &CrmConnection::access_token},
                                                {Connections::Column::RefreshToken, "refresh_token", &CrmConnection::refresh_token},
                                                {Connections::Column::Credential, "credential", &CrmConnection::credential},
                                                {Connections::Column::SigningSecret, "signing_secret", &CrmConnection::signing_secret}}};

template <typename Work>
void for_each_sealed(Connections& connections, const Work& work) {
    for (const CrmConnection& row : connections.list_all()) {
        for (const SealedColumn& column : kColumns) {
            if (!(row.*column.sealed).empty()) work(row, column);
        }
    }
}

} // namespace

bool holds_secrets(Connections& connections) {
    bool found = false;
    for_each_sealed(connections, [&found](const CrmConnection& /*row*/, const SealedColumn& /*column*/) { found = true; });
    return found;
}

SealSurvey survey_seals(Connections& connections, const Vault& vault) {
    SealSurvey survey;
    for_each_sealed(connections, [&](const CrmConnection& row, const SealedColumn& column) {
        const std::string& sealed = row.*column.sealed;
        if (!open_for(vault, row, column.name, sealed)) {
            survey.closed.push_back({.connection = row.id, .column = column.name});
            return;
        }
        ++survey.open;
        if (!vault.is_newest(sealed)) ++survey.older;
    });
    return survey;
}

SealSurvey seal_anew(Connections& connections, const Vault& vault) {
    for_each_sealed(connections, [&](const CrmConnection& row, const SealedColumn& column) {
        const std::string& sealed = row.*column.sealed;
        if (vault.is_newest(sealed)) return;
        const auto secret = open_for(vault, row, column.name, sealed);
        if (secret) connections.reseal(row.id, column.column, sealed, seal_for(vault, row, column.name, *secret));
    });
    return survey_seals(connections, vault);
}

} // namespace tributary
