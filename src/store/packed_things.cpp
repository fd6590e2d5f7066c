// See packed_things.hpp. Integers are varints, signed ones folded so that small ones stay short; texts and lists say their length.
#include "store/packed_things.hpp"

#include "store/sqlite_pack.hpp"
#include "store/store.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace tributary {
namespace {

// Every member once. A member that is added to the thing stops this from compiling until it is named here.
template <typename SomeDeal, typename Each>
    requires std::same_as<std::remove_const_t<SomeDeal>, Deal>
void each_member(SomeDeal& deal, Each& each) {
    auto& [id, name, company, value_minor, currency, stage, probability, source, expected_close_date, contact_name, contact_email,
           contact_phone, description, owner, lost_reason, lead_id, value_estimated, health_score, risk, stage_entered_at, closed_at,
           last_engaged_at, created_at, updated_at, deleted_at, is_spam, source_metadata, external_ids, match_key, twin, base_time_ms,
           field_times, field_origins, version, created_seq] = deal;
    each(id, name, company, value_minor, currency, stage, probability, source, expected_close_date, contact_name, contact_email);
    each(contact_phone, description, owner, lost_reason, lead_id, value_estimated, health_score, risk, stage_entered_at, closed_at);
    each(last_engaged_at, created_at, updated_at, deleted_at, is_spam, source_metadata, external_ids, match_key, twin, base_time_ms);
    each(field_times, field_origins, version, created_seq);
}

template <typename SomeLead, typename Each>
    requires std::same_as<std::remove_const_t<SomeLead>, Lead>
void each_member(SomeLead& lead, Each& each) {
    auto& [id, email, first_name, last_name, company, phone, source, status, ai_score, ai_qualification_summary, is_spam, metadata_json,
           created_at, updated_at, deleted_at] = lead;
    each(id, email, first_name, last_name, company, phone, source, status, ai_score, ai_qualification_summary, is_spam, metadata_json);
    each(created_at, updated_at, deleted_at);
}

class Packing {
  public:
    explicit Packing(std::string& out) : out_(out) {}
    template <typename... Members>
    void operator()(const Members&... members) {
        (put(members), ...);
    }

  private:
    void put(const std::string& text) { sqlite::append_counted(out_, text); }
    template <typename Number>
        requires std::integral<Number> || std::is_enum_v<Number>
    void put(Number number) {
        const auto wide = static_cast<std::int64_t>(number);
        sqlite::append_varint(out_, (static_cast<std::uint64_t>(wide) << 1U) ^ static_cast<std::uint64_t>(wide >> 63U));
    }
    template <typename Byte, std::size_t Count>
    void put(const std::array<Byte, Count>& bytes) {
        out_.append(reinterpret_cast<const char*>(bytes.data()), Count);
    }
    void put(const Id& id) { put(id.bytes); }
    void put(const MatchKey& key) { put(key.bytes); }
    void put(const Currency& currency) { put(currency.code); }
    void put(const ExternalId& external) { (*this)(external.system, external.id); }
    void put(const std::optional<Date>& date) {
        put(date.has_value());
        if (date) put(date->days);
    }
    template <typename First, typename Second>
    void put(const std::pair<First, Second>& pair) {
        (*this)(pair.first, pair.second);
    }
    template <typename Item>
    void put(const std::vector<Item>& items) {
        put(items.size());
        for (const Item& item : items) put(item);
    }

    std::string& out_;
};

class Unpacking {
  public:
    explicit Unpacking(std::string_view bytes) : bytes_(bytes) {}
    template <typename... Members>
    void operator()(Members&... members) {
        (take(members), ...);
    }
    void end() const {
        if (!bytes_.at_end()) throw StoreError("packed bytes go on after their end");
    }

  private:
    void take(std::string& text) { text = bytes_.counted(); }
    template <typename Number>
        requires std::integral<Number> || std::is_enum_v<Number>
    void take(Number& number) {
        const std::uint64_t folded = bytes_.varint();
        number = static_cast<Number>(static_cast<std::int64_t>((folded >> 1U) ^ (~(folded & 1U) + 1)));
    }
    template <typename Byte, std::size_t Count>
    void take(std::array<Byte, Count>& bytes) {
        const std::string_view from = bytes_.take(Count);
        std::ranges::copy(from, bytes.begin());
    }
    void take(Id& id) { take(id.bytes); }
    void take(MatchKey& key) { take(key.bytes); }
    void take(Currency& currency) { take(currency.code); }
    void take(ExternalId& external) { (*this)(external.system, external.id); }
    void take(std::optional<Date>& date) {
        bool there = false;
        take(there);
        if (there) take(date.emplace().days);
    }
    template <typename First, typename Second>
    void take(std::pair<First, Second>& pair) {
        (*this)(pair.first, pair.second);
    }
    template <typename Item>
    void take(std::vector<Item>& items) {
        std::size_t count = 0;
        take(count);
        for (; count > 0; --count) take(items.emplace_back());
    }

    sqlite::PackReader bytes_;
};

template <typename Thing>
Thing unpacked(std::string_view bytes) {
    Thing thing;
    Unpacking take(bytes);
    each_member(thing, take);
    take.end();
    return thing;
}

} // namespace

void append_packed(std::string& out, const Deal& deal) {
    Packing put(out);
    each_member(deal, put);
}

void append_packed(std::string& out, const Lead& lead) {
    Packing put(out);
    each_member(lead, put);
}

Deal unpacked_deal(std::string_view bytes) { return unpacked<Deal>(bytes); }
Lead unpacked_lead(std::string_view bytes) { return unpacked<Lead>(bytes); }

} // namespace tributary
