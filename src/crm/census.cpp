// See census.hpp.
#include "crm/census.hpp"

#include <algorithm>
#include <array>

namespace tributary {
namespace {

// Sums of very many amounts pass 64 bits; the text of one does not care.
std::string major_text(__int128 minor, int digits) {
    std::string out;
    for (int at = 0; minor != 0 || at <= digits; ++at) {
        if (at == digits && digits > 0) out.insert(out.begin(), '.');
        out.insert(out.begin(), static_cast<char>('0' + static_cast<int>(minor % 10)));
        minor /= 10;
    }
    return out;
}

std::map<std::string, std::string> shown(const std::map<std::string, __int128>& sums) {
    std::map<std::string, std::string> out;
    for (const auto& [code, minor] : sums) {
        const auto currency = parse_currency(code);
        out[code] = major_text(minor, currency ? currency->minor_digits() : 2);
    }
    return out;
}

} // namespace

bool CrmCensus::add(const std::vector<CrmCensusRow>& rows) {
    for (const CrmCensusRow& row : rows) {
        if (theirs_.size() >= kRecordsMax) return false;
        theirs_.try_emplace(row.id,
                            Theirs{.amount = row.amount, .currency = row.currency, .seen = false}); // a page may bring a record again
    }
    return true;
}

void CrmCensus::differs(const std::string& id) {
    if (differing_.size() < kDifferingMax) differing_.push_back(id);
}

// A deal that has no amount there, or one that cannot be read, is counted and not summed: here it keeps what it had.
void CrmCensus::weigh(const std::string& id, Theirs& theirs, const LedgerReader::CalledDeal& ours) {
    const std::string code(ours.currency.text());
    const auto currency = theirs.currency.empty() ? Result<Currency>(ours.currency) : parse_currency(theirs.currency);
    if (theirs.amount.empty() || !currency) return;
    const auto amount = parse_plain_amount(theirs.amount, *currency);
    if (!amount) return;
    theirs_sum_[std::string(currency->text())] += *amount;
    ours_sum_[code] += ours.value_minor;
    if (*currency == ours.currency && *amount == ours.value_minor) return;
    ++balance_.differing;
    differs(id);
}

void CrmCensus::compare(const CrmOrigin& origin, LedgerReader& ledger) {
    balance_.theirs = theirs_.size();
    std::vector<std::string> gone;
    ledger.for_each_called(origin.system, [this, &gone](const LedgerReader::CalledDeal& ours) {
        if (ours.deleted) return; // one that is there counts as missing below
        ++balance_.ours;
        bool there = false;
        for (const std::string& id : ours.ids) {
            const auto theirs = theirs_.find(id);
            if (theirs == theirs_.end()) continue; // of a record that was merged into another, or is gone
            theirs->second.seen = true;
            if (!there) weigh(id, theirs->second, ours);
            there = true;
        }
        if (!there) gone.push_back(ours.ids.back());
    });
    for (const auto& [id, theirs] : theirs_) {
        if (theirs.seen) continue;
        ++balance_.missing;
        differs(id);
    }
    for (const std::string& id : gone) {
        ++balance_.surplus;
        differs(id);
    }
    balance_.theirs_sum = shown(theirs_sum_);
    balance_.ours_sum = shown(ours_sum_);
    balance_.wanted = differing_.size();
}

} // namespace tributary
