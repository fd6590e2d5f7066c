// Deals, leads, units and journal rows as the API shows them (api/openapi.yaml has the shapes).
#pragma once
#include "deal/deal.hpp"
#include "deal/journal.hpp"
#include "deal/unit.hpp"

#include <string>

namespace tributary {

// Whose data it is; part of every shown record, as in the specification's models.
struct Shown {
    std::string_view tenant_id;
    std::string_view workspace_id;
};

void append_deal(std::string& out, const Deal& deal, Shown shown);
void append_external_ids(std::string& out, const std::vector<ExternalId>& external_ids); // [{system,id}]
void append_lead(std::string& out, const Lead& lead, Shown shown);
void append_counts(std::string& out, const UnitCounts& counts); // ,"counts":{...}
void append_unit(std::string& out, const Unit& unit);
void append_outcome(std::string& out, const RowOutcome& outcome);
void append_journal(std::string& out, const JournalEntry& entry);
void append_problems(std::string& out, const std::vector<FieldProblem>& problems); // [{field,code,message,value?}]

} // namespace tributary
