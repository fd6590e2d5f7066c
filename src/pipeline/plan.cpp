// See plan.hpp.
#include "pipeline/plan.hpp"

#include "deal/json.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <utility>

namespace tributary {
namespace {

// Keys whose values are ids made while a row runs: another run makes others. In JSON no text of a user can look like these, because a
// quotation mark inside a text is escaped. Each is found by a byte that is rare in a body, and what stands around it.
struct MadeId {
    char mark;
    std::string_view before, after;
};
constexpr std::array<MadeId, 3> kMadeIds = {{{'_', R"("lead)", R"(id":")"}, {'_', R"("related)", R"(to":")"}, {'{', R"("lead":)", R"("id":")"}}};
constexpr std::size_t kIdTextBytes = 36;

// Eight bytes at a time: a multiplication by the golden ratio's fraction (Knuth, TAOCP 3, 6.4) and a shift that brings the well mixed upper
// bits down. It tells a changed plan from an unchanged one; nobody gains by making two alike.
class Hash {
  public:
    void add(std::string_view text) {
        while (text.size() >= sizeof(std::uint64_t)) {
            std::uint64_t word = 0;
            std::memcpy(&word, text.data(), sizeof word);
            add(word);
            text.remove_prefix(sizeof word);
        }
        std::uint64_t rest = text.size() + 1; // "a" then "" is not "" then "a"
        for (const char byte : text) rest = rest << 8U | static_cast<std::uint8_t>(byte);
        add(rest);
    }
    void add(std::uint64_t number) {
        bits_ = (bits_ ^ number) * 0x9E37'79B9'7F4A'7C15U;
        bits_ ^= bits_ >> 32U;
    }
    [[nodiscard]] std::uint64_t bits() const { return bits_ == 0 ? 1 : bits_; } // 0 stands for none

  private:
    std::uint64_t bits_ = 0xCBF2'9CE4'8422'2325U;
};

// Where the value of the next made id begins, from `from` on; npos: there is none.
std::size_t next_made_id(std::string_view body, char mark, std::size_t from) {
    for (std::size_t at = body.find(mark, from); at != std::string_view::npos; at = body.find(mark, at + 1)) {
        for (const MadeId& id : kMadeIds) {
            if (id.mark == mark && body.substr(0, at).ends_with(id.before) && body.substr(at + 1).starts_with(id.after)) return at + 1 + id.after.size();
        }
    }
    return std::string_view::npos;
}

void add_body(Hash& hash, std::string_view body) {
    std::size_t from = 0;
    std::size_t underscore = next_made_id(body, '_', 0);
    std::size_t brace = next_made_id(body, '{', 0);
    for (;;) {
        const std::size_t value = std::min(underscore, brace);
        if (value == std::string_view::npos) break;
        hash.add(body.substr(from, value - from));
        from = std::min(body.size(), value + kIdTextBytes);
        if (underscore < from) underscore = next_made_id(body, '_', from);
        if (brace < from) brace = next_made_id(body, '{', from);
    }
    hash.add(body.substr(from));
}

RowResult refused_since_planned(const IncomingRow& incoming) {
    RowResult row;
    row.row = incoming.row;
    row.line = incoming.line;
    row.action = RowAction::Rejected;
    row.refusal = Refusal{.reason = Reason::Conflict,
                          .code = "changed_since_plan",
                          .message = "What this row was planned to change has changed since; it was left as it is. Plan the file again.",
                          .details = {}};
    row.raw = incoming.raw;
    return row;
}

// Which of the wanted rows, by their place in the plan, do not do what was planned for them.
std::vector<std::size_t> strayed(const Plan& plan, std::span<const std::size_t> wanted, std::span<const RowOutcome> planned) {
    std::vector<std::size_t> found;
    for (std::size_t at = 0; at < wanted.size(); ++at) {
        if (plan.rows[at].fingerprint != planned[wanted[at]].fingerprint) found.push_back(at);
    }
    return found;
}

template <typename T>
T moved(const T& now, const T& was, const T& will) {
    return static_cast<T>(now - was + will);
}

template <typename T, std::size_t N>
std::array<T, N> moved(const std::array<T, N>& now, const std::array<T, N>& was, const std::array<T, N>& will) {
    std::array<T, N> out{};
    for (std::size_t at = 0; at < N; ++at) out[at] = moved(now[at], was[at], will[at]);
    return out;
}

MetricTotals moved(const MetricTotals& now, const MetricTotals& was, const MetricTotals& will) {
    MetricTotals out{.by_stage = moved(now.by_stage, was.by_stage, will.by_stage),
                     .by_risk = moved(now.by_risk, was.by_risk, will.by_risk),
                     .by_source = moved(now.by_source, was.by_source, will.by_source),
                     .active = moved(now.active, was.active, will.active),
                     .pipeline_value = moved(now.pipeline_value, was.pipeline_value, will.pipeline_value),
                     .weighted_value = moved(now.weighted_value, was.weighted_value, will.weighted_value),
                     .won_value = moved(now.won_value, was.won_value, will.won_value),
                     .lost_value = moved(now.lost_value, was.lost_value, will.lost_value),
                     .health_sum = moved(now.health_sum, was.health_sum, will.health_sum),
                     .by_health = moved(now.by_health, was.by_health, will.by_health),
                     .stage_value = moved(now.stage_value, was.stage_value, will.stage_value),
                     .stage_weighted = moved(now.stage_weighted, was.stage_weighted, will.stage_weighted),
                     .without_rate = now.without_rate};
    const auto shift = [&out](const MetricTotals& by, bool add) {
        for (const auto& [currency, sum] : by.without_rate) {
            auto& [deals, minor] = out.without_rate[currency];
            deals = add ? deals + sum.first : deals - sum.first;
            minor = add ? minor + sum.second : minor - sum.second;
        }
    };
    shift(will, true);
    shift(was, false);
    std::erase_if(out.without_rate, [](const auto& entry) { return entry.second.first == 0; });
    return out;
}

} // namespace

std::uint64_t fingerprint_of(const RowResult& row, const Plan& plan) {
    Hash hash;
    hash.add(static_cast<std::uint64_t>(row.action));
    if (row.refusal) hash.add(row.refusal->code);
    if (row.journal < plan.journal.size()) {
        hash.add(static_cast<std::uint64_t>(plan.journal[row.journal].happening));
        add_body(hash, plan.journal[row.journal].body);
    }
    return hash.bits();
}

Plan rehearse(Ledger& overlay, IngestContext context, std::span<IncomingRow> rows) {
    context.fingerprints = true;
    Plan plan = decide(overlay, context, rows);
    context.ledger = &overlay;
    record(overlay, context, plan);
    return plan;
}

Plan apply_planned(Ledger& ledger, RankTurn& ranks, IngestContext context, std::span<IncomingRow> rows,
                   std::span<const RowOutcome> planned) {
    context.fingerprints = true;
    std::vector<std::size_t> wanted(std::min(rows.size(), planned.size()));
    for (std::size_t at = 0; at < wanted.size(); ++at) wanted[at] = at;
    std::vector<IncomingRow> kept(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(wanted.size()));
    Plan plan;
    // Each round leaves out what strayed; what was planned upon that strays in the next. Ends, for each round leaves out a row or is the
    // last.
    for (;;) {
        std::vector<IncomingRow> round = kept;
        plan = decide(ledger, context, round);
        const auto stray = strayed(plan, wanted, planned);
        if (stray.empty()) break;
        for (auto at = stray.rbegin(); at != stray.rend(); ++at) {
            wanted.erase(wanted.begin() + static_cast<std::ptrdiff_t>(*at));
            kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(*at));
        }
    }
    measure_and_record(ledger, ranks, context, plan);
    // Every row gets its result, in the order of the file.
    std::vector<RowResult> all;
    all.reserve(rows.size());
    std::size_t next = 0;
    for (std::size_t at = 0; at < rows.size(); ++at) {
        if (next < wanted.size() && wanted[next] == at) {
            all.push_back(std::move(plan.rows[next++]));
        } else {
            all.push_back(refused_since_planned(rows[at]));
            plan.counts.add(RowAction::Rejected);
        }
    }
    plan.rows = std::move(all);
    return plan;
}

std::vector<RowOutcome> planned_outcomes_of(const Plan& plan) {
    auto outcomes = outcomes_of(plan);
    for (std::size_t at = 0; at < outcomes.size(); ++at) {
        const RowResult& row = plan.rows[at];
        outcomes[at].fingerprint = row.fingerprint;
        if (row.journal < plan.journal.size()) outcomes[at].change = plan.journal[row.journal].body;
        if (outcomes[at].action == RowAction::Created) outcomes[at].deal = {}; // there is none yet
    }
    return outcomes;
}

void PlanSummary::add(const Plan& plan) {
    std::vector<std::int64_t> values; // ranks are not asked for
    for (const Working& working : plan.deals) {
        if (!working.changed) continue;
        if (working.existed) before_.add_totals(working.before, values);
        after_.add_totals(working.now, values);
        const std::size_t to = static_cast<std::size_t>(working.now.stage);
        const std::size_t from = working.existed ? static_cast<std::size_t>(working.before.stage) : kStageCount;
        if (from != to) ++moved_[from][to];
    }
    for (const JournalEntry& entry : plan.journal) automations_ += entry.due != 0;
}

std::string PlanSummary::text(const MetricTotals& now, const Settings& settings) const {
    std::string out = R"({"metrics":{"before":)";
    append_metrics(out, now, settings, std::nullopt, MetricsShape::OfWorkspace);
    append_key(out, "after");
    append_metrics(out, moved(now, before_.totals(), after_.totals()), settings, std::nullopt, MetricsShape::OfWorkspace);
    out += "},\"stages_moved\":[";
    for (std::size_t from = 0; from < moved_.size(); ++from) {
        for (std::size_t to = 0; to < kStageCount; ++to) {
            if (moved_[from][to] == 0) continue;
            out += out.back() == '[' ? "{\"from\":" : ",{\"from\":";
            if (from == kStageCount) {
                out += "null";
            } else {
                append_json_string(out, stage_key(static_cast<Stage>(from)));
            }
            append_key(out, "to");
            append_json_string(out, stage_key(static_cast<Stage>(to)));
            append_key(out, "deals");
            out += std::to_string(moved_[from][to]) + '}';
        }
    }
    out += "],\"automations\":" + std::to_string(automations_) + '}';
    return out;
}

} // namespace tributary
