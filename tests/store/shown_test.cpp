// Records as texts, for comparing them whole.
#include "store/fresh_store.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tributary {

std::string shown(const Deal& d) {
    std::string times;
    for (const auto& [field, ms] : d.field_times) times += fmt::format("{}@{} ", static_cast<int>(field), ms);
    for (const auto& [field, source] : d.field_origins) times += fmt::format("{}by{} ", static_cast<int>(field), static_cast<int>(source));
    std::string externals;
    for (const auto& [system, id] : d.external_ids) externals += fmt::format("{}:{} ", system, id);
    return fmt::format("{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}", d.id.text(), d.name,
                       d.company, d.value_minor, d.currency.text(), static_cast<int>(d.stage), d.probability, static_cast<int>(d.source),
                       d.expected_close_date ? std::to_string(d.expected_close_date->days) : "none", d.contact_name, d.contact_email,
                       d.contact_phone, d.description, d.owner, d.lost_reason, d.lead_id.text(), d.value_estimated, d.health_score,
                       static_cast<int>(d.risk), d.stage_entered_at, d.closed_at, d.last_engaged_at, d.created_at, d.updated_at,
                       d.deleted_at, d.is_spam, d.source_metadata, fmt::join(d.match_key.bytes, "."), d.twin, d.base_time_ms, times) +
           fmt::format("|{}|{}|{}", d.version, d.created_seq, externals);
}

std::string shown(const Lead& l) {
    return fmt::format("{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}", l.id.text(), l.email, l.first_name, l.last_name, l.company, l.phone,
                       static_cast<int>(l.source), static_cast<int>(l.status), l.ai_score, l.ai_qualification_summary, l.is_spam,
                       l.metadata_json, l.created_at, l.updated_at);
}

std::string shown(const JournalEntry& e) {
    return fmt::format("{}|{}|{}|{}|{}|{}|{}|{}|{}|{}", e.seq, e.at, static_cast<int>(e.happening), static_cast<int>(e.source),
                       e.deal.text(), e.unit.text(), e.row, e.due, e.actor, e.body);
}

std::string shown(const Unit& u) {
    return fmt::format("{}|{}|{}|{}|{}|{}|{}/{}/{}/{}/{}/{}|{}|{}|{}|{}|{}|{}|{}|{}", u.id.text(), static_cast<int>(u.source), u.door,
                       u.file_name, u.actor, static_cast<int>(u.state), u.counts.read, u.counts.created, u.counts.updated,
                       u.counts.unchanged, u.counts.skipped, u.counts.rejected, u.many, u.content_type, u.sha256, u.raw_bytes, u.options + u.asked + u.plan,
                       u.failure, u.started_at, u.finished_at);
}

std::string shown(const RowOutcome& o) {
    std::string problems;
    for (const auto& p : o.problems) problems += fmt::format("{}/{}/{}/{} ", p.field, p.code, p.message, p.value);
    return fmt::format("{}|{}|{}|{}|{}|{}|{}|{}|{}", o.row, o.line, static_cast<int>(o.action), o.deal.text(), o.code, problems, o.raw, o.change, o.fingerprint);
}

// Two records that differ in one member must not look the same, or the tests that compare them prove nothing.
TEST(Shown, TellsRecordsApart) {
    Deal deal = a_deal("One");
    const std::string before = shown(deal);
    deal.source_metadata = "{}";
    EXPECT_NE(before, shown(deal));
    deal = a_deal("One");
    deal.version = 9;
    EXPECT_NE(shown(a_deal("One")), shown(deal));
}

} // namespace tributary
