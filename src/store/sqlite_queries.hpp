// Every statement that runs on behalf of a tenant, in one place: tests/store/wall_test.cpp runs each of them, and each without
// its tenant predicate, against another tenant's rows. Views carry the tenant predicate of what is read; what is written
// names it. Lists with filters are put together in sqlite_shape.cpp from constant fragments.
#pragma once
#include "store/sqlite_connection.hpp"
#include "store/sqlite_group.hpp"

#include <array>

namespace tributary::sqlite {

// OR FAIL: a row refused leaves the rows before it, and the batch is dropped anyway; so no statement keeps a way back for itself.

// ---- deals
#define TRIBUTARY_DEAL_COLUMNS                                                                                                             \
    "id, match_key, twin, deleted_at, is_spam, value_minor, currency, stage, probability, source, health_score, risk, updated_at, "        \
    "expected_close_date, external_ids, name, company, owner, contact_email, contact_name, contact_phone, description, lost_reason, "      \
    "lead_id, value_estimated, stage_entered_at, closed_at, last_engaged_at, created_at, base_time_ms, field_times, version, "             \
    "created_seq, source_metadata"

#define TRIBUTARY_INSERT_DEAL_HEAD "INSERT OR FAIL INTO x_deals (no, tenant, " TRIBUTARY_DEAL_COLUMNS ") VALUES "
#define TRIBUTARY_INSERT_DEAL_TUPLE "(?,current_tenant(),?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
inline constexpr auto kInsertDealOne = insert_text<1>(TRIBUTARY_INSERT_DEAL_HEAD, TRIBUTARY_INSERT_DEAL_TUPLE);
inline constexpr auto kInsertDealGroup = insert_text<kGroupRows>(TRIBUTARY_INSERT_DEAL_HEAD, TRIBUTARY_INSERT_DEAL_TUPLE);
inline constexpr InsertSql kInsertDeal{{Use::Write, kInsertDealOne.text.data()}, {Use::Write, kInsertDealGroup.text.data()}};
inline constexpr Sql kUpdateDeal{
    Use::Write,
    "UPDATE x_deals SET match_key=?, twin=?, deleted_at=?, is_spam=?, value_minor=?, currency=?, stage=?, probability=?, source=?, "
    "health_score=?, risk=?, updated_at=?, expected_close_date=?, external_ids=?, name=?, company=?, owner=?, "
    "contact_email=?, contact_name=?, contact_phone=?, description=?, lost_reason=?, lead_id=?, value_estimated=?, "
    "stage_entered_at=?, closed_at=?, last_engaged_at=?, created_at=?, base_time_ms=?, field_times=?, version=?, "
    "created_seq=?, source_metadata=? "
    "WHERE tenant = current_tenant() AND no = ?"};
inline constexpr Sql kReadDeal{Use::Read, "SELECT " TRIBUTARY_DEAL_COLUMNS " FROM deals WHERE no = ?"};
inline constexpr Sql kReadDealNames{Use::Read, "SELECT id, match_key, twin, deleted_at, is_spam, external_ids FROM deals WHERE no = ?"};
inline constexpr Sql kReadDealBirth{Use::Read, "SELECT id, created_seq FROM deals WHERE no = ?"};
inline constexpr Sql kLastDealNo{Use::Read, "SELECT no FROM deals WHERE no >= ? AND no < ? ORDER BY no DESC LIMIT 1"};
inline constexpr Sql kWalkDealKeys{Use::Read, "SELECT id, match_key, twin, deleted_at, is_spam, external_ids FROM deals "
                                              "WHERE no >= ? AND no < ? ORDER BY no"};
inline constexpr Sql kWalkRankable{Use::Read,
                                   "SELECT id, deleted_at, is_spam, value_minor, currency, stage, probability, source, health_score, risk "
                                   "FROM deals WHERE no >= ? AND no < ? ORDER BY no"};
// What is decided about a deleted deal stands at the start of its row, so that walking past many of them is quick.
inline constexpr Sql kWalkHeldLeads{Use::Read, "SELECT id, lead_id FROM deals WHERE no >= ? AND no < ? AND deleted_at = 0 "
                                               "AND lead_id IS NOT NULL ORDER BY no"};
inline constexpr Sql kWalkDealTitles{Use::Read, "SELECT id, name, company FROM deals WHERE no >= ? AND no < ? AND deleted_at = 0 "
                                                "AND is_spam = 0 ORDER BY no DESC"};

inline constexpr Sql kWalkCalled{Use::Read, "SELECT deleted_at, value_minor, currency, external_ids FROM deals WHERE no >= ? AND no < ? "
                                            "ORDER BY no"};
inline constexpr Sql kWalkChangedDeals{Use::Read, "SELECT id FROM deals WHERE no > ? AND no < ? AND deleted_at = 0 AND is_spam = 0 "
                                                  "AND version <> created_seq ORDER BY no LIMIT ?"};

// ---- leads
#define TRIBUTARY_LEAD_COLUMNS                                                                                                             \
    "id, email, status, first_name, last_name, company, phone, source, ai_score, ai_qualification_summary, is_spam, metadata_json, "       \
    "created_at, updated_at, deleted_at"

#define TRIBUTARY_INSERT_LEAD_HEAD "INSERT OR FAIL INTO x_leads (no, tenant, " TRIBUTARY_LEAD_COLUMNS ") VALUES "
#define TRIBUTARY_INSERT_LEAD_TUPLE "(?,current_tenant(),?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
inline constexpr auto kInsertLeadOne = insert_text<1>(TRIBUTARY_INSERT_LEAD_HEAD, TRIBUTARY_INSERT_LEAD_TUPLE);
inline constexpr auto kInsertLeadGroup = insert_text<kGroupRows>(TRIBUTARY_INSERT_LEAD_HEAD, TRIBUTARY_INSERT_LEAD_TUPLE);
inline constexpr InsertSql kInsertLead{{Use::Write, kInsertLeadOne.text.data()}, {Use::Write, kInsertLeadGroup.text.data()}};
inline constexpr Sql kUpdateLead{
    Use::Write, "UPDATE x_leads SET email=?, status=?, first_name=?, last_name=?, company=?, phone=?, source=?, ai_score=?, "
                "ai_qualification_summary=?, is_spam=?, metadata_json=?, created_at=?, updated_at=?, deleted_at=? "
                "WHERE tenant = current_tenant() AND no = ?"};
inline constexpr Sql kReadLead{Use::Read, "SELECT " TRIBUTARY_LEAD_COLUMNS " FROM leads WHERE no = ?"};
inline constexpr Sql kLastLeadNo{Use::Read, "SELECT no FROM leads WHERE no >= ? AND no < ? ORDER BY no DESC LIMIT 1"};
inline constexpr Sql kReadLeadEmail{Use::Read, "SELECT id, email, deleted_at FROM leads WHERE no = ?"};
inline constexpr Sql kWalkEmailKeys{Use::Read, "SELECT id, email, deleted_at FROM leads WHERE no >= ? AND no < ? ORDER BY no"};

// ---- journal
#define TRIBUTARY_JOURNAL_COLUMNS "no, workspace, happening, due, deal, unit, unit_row, source, at, actor, body"
#define TRIBUTARY_APPEND_JOURNAL_HEAD                                                                                                      \
    "INSERT OR FAIL INTO x_journal (no, tenant, workspace, happening, due, deal, unit, unit_row, source, at, actor, body) VALUES "
#define TRIBUTARY_APPEND_JOURNAL_TUPLE "(?,current_tenant(),?,?,?,?,?,?,?,?,?,?)"
inline constexpr auto kAppendJournalOne = insert_text<1>(TRIBUTARY_APPEND_JOURNAL_HEAD, TRIBUTARY_APPEND_JOURNAL_TUPLE);
inline constexpr auto kAppendJournalGroup = insert_text<kGroupRows>(TRIBUTARY_APPEND_JOURNAL_HEAD, TRIBUTARY_APPEND_JOURNAL_TUPLE);
inline constexpr InsertSql kAppendJournal{{Use::Write, kAppendJournalOne.text.data()}, {Use::Write, kAppendJournalGroup.text.data()}};
inline constexpr Sql kLastJournalNo{Use::Read, "SELECT no FROM journal WHERE no >= ? AND no < ? ORDER BY no DESC LIMIT 1"};
inline constexpr Sql kFirstJournalNo{Use::Read, "SELECT no FROM journal WHERE no >= ? AND no < ? ORDER BY no LIMIT 1"};
inline constexpr Sql kReadJournalRow{Use::Read, "SELECT " TRIBUTARY_JOURNAL_COLUMNS " FROM journal WHERE no = ?"};
inline constexpr Sql kListDue{Use::Read, "SELECT " TRIBUTARY_JOURNAL_COLUMNS " FROM journal WHERE due <> 0 AND no > ? AND no < ? "
                                         "AND (due & ?) <> 0 ORDER BY no LIMIT ?"};

// ---- units
#define TRIBUTARY_UNIT_COLUMNS                                                                                                             \
    "id, source, state, many, count_read, count_created, count_updated, count_unchanged, count_skipped, count_rejected, "                  \
    "started_at, finished_at, raw_bytes, door, file_name, actor, content_type, sha256, options, asked, plan, failure, "                    \
    "automations, automations_held, same_as, replay_of"
inline constexpr Sql kPutUnit{
    Use::Write,
    "INSERT INTO x_units (no, tenant, " TRIBUTARY_UNIT_COLUMNS ", first_seq, last_seq, raw_size, raw) VALUES (?, current_tenant(), "
    "?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?, ?,?,?,?) ON CONFLICT DO UPDATE SET source=excluded.source, state=excluded.state, "
    "many=excluded.many, count_read=excluded.count_read, count_created=excluded.count_created, "
    "count_updated=excluded.count_updated, count_unchanged=excluded.count_unchanged, count_skipped=excluded.count_skipped, "
    "count_rejected=excluded.count_rejected, started_at=excluded.started_at, finished_at=excluded.finished_at, "
    "raw_bytes=excluded.raw_bytes, door=excluded.door, file_name=excluded.file_name, actor=excluded.actor, "
    "content_type=excluded.content_type, sha256=excluded.sha256, options=excluded.options, asked=excluded.asked, plan=excluded.plan, "
    "failure=excluded.failure, "
    "automations=excluded.automations, automations_held=excluded.automations_held, same_as=excluded.same_as, replay_of=excluded.replay_of, "
    "first_seq = CASE WHEN first_seq = 0 THEN excluded.first_seq ELSE first_seq END, last_seq = max(last_seq, excluded.last_seq)"};
inline constexpr Sql kStretchUnit{
    Use::Write, "UPDATE x_units SET first_seq = CASE WHEN first_seq = 0 THEN ?1 ELSE min(first_seq, ?1) END, last_seq = max(last_seq, ?2) "
                "WHERE tenant = current_tenant() AND no = ?3 AND id = ?4"};
inline constexpr Sql kReadUnit{Use::Read, "SELECT " TRIBUTARY_UNIT_COLUMNS " FROM units WHERE no = ?"};
inline constexpr Sql kReadUnitSpan{Use::Read, "SELECT first_seq, last_seq FROM units WHERE no = ? AND id = ?"};
inline constexpr Sql kReadUnitRaw{Use::Read, "SELECT raw_size, raw FROM units WHERE no = ? AND id = ? AND raw IS NOT NULL"};
inline constexpr Sql kLastUnitNo{Use::Read, "SELECT no FROM units WHERE no >= ? AND no < ? ORDER BY no DESC LIMIT 1"};
inline constexpr Sql kListUnits{Use::Read, "SELECT " TRIBUTARY_UNIT_COLUMNS " FROM imports WHERE no >= ?1 AND no < ?2 "
                                           "AND (?3 < 0 OR source = ?3) AND (?5 < 0 OR state = ?5) ORDER BY no DESC LIMIT ?4"};
inline constexpr Sql kFindSameFile{
    Use::Read, "SELECT id FROM whole_imports WHERE sha256 = ?3 AND no >= ?1 AND no < ?2 AND state = 2 ORDER BY no DESC LIMIT 1"};
inline constexpr Sql kAddRaw{Use::Write,
                             "INSERT INTO x_raw (tenant, workspace, unit, ordinal, size, bytes) VALUES (current_tenant(), ?,?,?,?,?)"};
inline constexpr Sql kReadRaw{Use::Read, "SELECT ordinal, size, bytes FROM raw WHERE workspace = ? AND unit = ? AND ordinal >= ? "
                                         "ORDER BY ordinal LIMIT ?"};
inline constexpr Sql kAddOutcomes{Use::Write,
                                  "INSERT INTO x_outcomes (tenant, workspace, unit, planned, first_row, last_row, actions, size, bytes) "
                                  "VALUES (current_tenant(), ?,?,?,?,?,?,?,?)"};
inline constexpr Sql kDropPlannedOutcomes{Use::Write, "DELETE FROM x_outcomes WHERE tenant = current_tenant() AND workspace = ? AND unit = ? "
                                                      "AND planned = 1"};
inline constexpr Sql kFindOutcomeStart{Use::Read, "SELECT first_row FROM outcomes WHERE workspace = ? AND unit = ? AND planned = ? "
                                                  "AND first_row <= ? ORDER BY first_row DESC LIMIT 1"};
inline constexpr Sql kWalkOutcomes{Use::Read,
                                   "SELECT first_row, size, bytes FROM outcomes WHERE workspace = ? AND unit = ? AND planned = ? "
                                   "AND first_row >= ? AND last_row >= ? AND (actions & ?) <> 0 ORDER BY first_row"};

// ---- answers, settings, cursors
inline constexpr Sql kFindAnswer{Use::Read, "SELECT fingerprint, status, content_type, location, body, expires_at FROM answers "
                                            "WHERE scope = ? AND key = ? AND expires_at > ?"};
inline constexpr Sql kPutAnswer{Use::Write,
                                "INSERT INTO x_answers (tenant, scope, key, expires_at, fingerprint, status, content_type, location, body) "
                                "VALUES (current_tenant(), ?,?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET expires_at=excluded.expires_at, "
                                "fingerprint=excluded.fingerprint, status=excluded.status, content_type=excluded.content_type, "
                                "location=excluded.location, body=excluded.body"};
inline constexpr Sql kSettingsVersion{Use::Read, "SELECT version FROM settings WHERE workspace = ?"};
inline constexpr Sql kReadSettings{Use::Read, "SELECT body FROM settings WHERE workspace = ?"};
inline constexpr Sql kPutSettings{Use::Write,
                                  "INSERT INTO x_settings (tenant, workspace, version, body) VALUES (current_tenant(), ?, ?, ?) "
                                  "ON CONFLICT DO UPDATE SET version = excluded.version, body = excluded.body"};
inline constexpr Sql kListMappings{Use::Read, "SELECT name, fingerprint, header, '', actor, created_at, updated_at FROM mappings "
                                              "WHERE workspace = ? ORDER BY name"};
inline constexpr Sql kReadMapping{Use::Read, "SELECT name, fingerprint, header, mapping, actor, created_at, updated_at FROM mappings "
                                             "WHERE workspace = ? AND name = ?"};
inline constexpr Sql kFindMapping{Use::Read, "SELECT name, fingerprint, header, mapping, actor, created_at, updated_at FROM mappings "
                                             "WHERE workspace = ? AND fingerprint = ? ORDER BY updated_at DESC, name DESC LIMIT 1"};
inline constexpr Sql kPutMapping{
    Use::Write, "INSERT INTO x_mappings (tenant, workspace, name, fingerprint, header, mapping, actor, created_at, updated_at) "
                "VALUES (current_tenant(), ?,?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET fingerprint=excluded.fingerprint, "
                "header=excluded.header, mapping=excluded.mapping, actor=excluded.actor, updated_at=excluded.updated_at"};
inline constexpr Sql kDropMapping{Use::Write, "DELETE FROM x_mappings WHERE tenant = current_tenant() AND workspace = ? AND name = ?"};
inline constexpr Sql kFirstDay{Use::Read, "SELECT day FROM days WHERE workspace = ? ORDER BY day LIMIT 1"};
inline constexpr Sql kReadDay{Use::Read, "SELECT day, figures FROM days WHERE workspace = ? AND day >= ? ORDER BY day LIMIT 1"};
inline constexpr Sql kPutDay{Use::Write, "INSERT INTO x_days (tenant, workspace, day, figures) VALUES (current_tenant(), ?, ?, ?) "
                                         "ON CONFLICT DO NOTHING"};
inline constexpr Sql kReadSourceFigures{Use::Read, "SELECT source, figures FROM source_figures WHERE workspace = ? ORDER BY source"};
inline constexpr Sql kPutSourceFigures{Use::Write, "INSERT INTO x_sources (tenant, workspace, source, figures) "
                                                   "VALUES (current_tenant(), ?, ?, ?) ON CONFLICT DO UPDATE SET figures = excluded.figures"};
inline constexpr Sql kReadCursor{Use::Read, "SELECT seq FROM cursors WHERE follower = ?"};
inline constexpr Sql kPutCursor{
    Use::Write,
    "INSERT INTO x_cursors (tenant, follower, seq) VALUES (current_tenant(), ?, ?) ON CONFLICT DO UPDATE SET seq = excluded.seq"};


// ---- records of CRMs that are to be read
inline constexpr Sql kListWanted{Use::Read, "SELECT record, due_at, first_at, attempts, stamp FROM wanted WHERE connection = ? AND "
                                            "workspace = ? AND slow = ? AND due_at <= ? ORDER BY due_at LIMIT ?"};
inline constexpr Sql kCountWanted{Use::Read, "SELECT count(*), ifnull(min(first_at), 0) FROM wanted WHERE connection = ? AND workspace = ?"};
inline constexpr Sql kWant{Use::Write,
                           "INSERT INTO x_wanted (tenant, workspace, connection, record, slow, due_at, first_at, attempts, stamp) "
                           "VALUES (current_tenant(), ?, ?, ?, ?, ?, ?, 0, 1) ON CONFLICT DO UPDATE SET slow = min(slow, excluded.slow), "
                           "due_at = min(due_at, excluded.due_at), first_at = min(first_at, excluded.first_at), stamp = stamp + 1"};
inline constexpr Sql kFulfil{Use::Write, "DELETE FROM x_wanted WHERE tenant = current_tenant() AND connection = ? AND workspace = ? "
                                         "AND record = ? AND stamp = ?"};
inline constexpr Sql kPostpone{Use::Write, "UPDATE x_wanted SET due_at = ?, attempts = attempts + 1 WHERE tenant = current_tenant() AND "
                                           "connection = ? AND workspace = ? AND record = ?"};
inline constexpr Sql kForgetWanted{Use::Write, "DELETE FROM x_wanted WHERE tenant = current_tenant() AND connection = ? AND workspace = ?"};

inline constexpr std::array kTenantQueries{
    &kInsertDeal.one,      &kInsertDeal.group, &kUpdateDeal,      &kReadDeal,       &kReadDealNames,    &kReadDealBirth,
    &kLastDealNo,          &kWalkDealKeys,     &kWalkRankable,    &kWalkHeldLeads, &kWalkDealTitles, &kWalkChangedDeals, &kWalkCalled, &kInsertLead.one,   &kInsertLead.group,
    &kUpdateLead,          &kReadLead,         &kLastLeadNo,      &kReadLeadEmail,  &kWalkEmailKeys,    &kAppendJournal.one,
    &kAppendJournal.group, &kLastJournalNo,    &kFirstJournalNo,  &kReadJournalRow, &kListDue,          &kPutUnit,
    &kStretchUnit,         &kReadUnit,         &kReadUnitSpan,    &kReadUnitRaw,    &kLastUnitNo,       &kListUnits,
    &kFindSameFile,        &kAddRaw,           &kReadRaw,         &kAddOutcomes,    &kFindOutcomeStart, &kWalkOutcomes,
    &kDropPlannedOutcomes,
    &kFindAnswer,          &kPutAnswer,        &kSettingsVersion, &kReadSettings,   &kPutSettings,      &kListMappings,
    &kReadMapping,         &kFindMapping,      &kPutMapping,      &kDropMapping,    &kReadCursor,       &kPutCursor,
    &kFirstDay,            &kReadDay,          &kPutDay,          &kReadSourceFigures, &kPutSourceFigures,
    &kListWanted,          &kCountWanted,      &kWant,            &kFulfil,         &kPostpone,         &kForgetWanted,
};

} // namespace tributary::sqlite
