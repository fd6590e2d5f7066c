// Records read from a CRM on their way into the pipeline: one unit, one transaction, nothing left behind when nothing is new.
#pragma once
#include "crm/remote.hpp"
#include "deal/unit.hpp"
#include "pipeline/pipeline.hpp"
#include "pipeline/writer.hpp"
#include "sources/source.hpp"

#include <functional>
#include <span>
#include <vector>

namespace tributary {

// The account that records come from, as far as their reading needs it.
struct CrmOrigin {
    Id connection;
    TenantScope scope;
    Source source = Source::Hubspot;
    std::string system; // of the external ids of its records
};

class CrmIntake {
  public:
    static constexpr std::size_t kRecordsMax = 512; // of one take()
    // How the account's records are read, as of now; without an account (null) as those of any.
    using Reading = std::function<std::shared_ptr<const CrmReading>(const CrmOrigin& origin)>;
    // Hears what came in, for the figures of the source.
    using Counted =
        std::function<void(const CrmOrigin& origin, const UnitCounts& counts, const Refusal* refusal, std::int64_t duration_us)>;
    CrmIntake(Writer& writer, RankBook& ranks, const Clock& clock, Reading reading, Counted counted);

    struct Taken {
        bool stored = false; // false: nothing of it is, and it may be tried again
        UnitCounts counts;
    };
    // `wanted`: what is fulfilled by it, in the same transaction. Waits until it is durable; any thread but the writer's.
    [[nodiscard]] Taken take(const CrmOrigin& origin, std::span<const CrmRecord> records, std::span<const Wanted> wanted,
                             AutomationPolicy automations);

  private:
    [[nodiscard]] std::vector<IncomingRow> read(const CrmOrigin& origin, const std::string& body) const;

    Writer& writer_;
    RankBook& ranks_;
    const Clock& clock_;
    Reading reading_;
    Counted counted_;
};

} // namespace tributary
