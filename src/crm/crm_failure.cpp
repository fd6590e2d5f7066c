// See crm_failure.hpp.
#include "crm/crm_failure.hpp"

namespace tributary {

CrmFailure crm_failure(const outside::CallFailure& failure, std::int64_t now_ms) {
    using outside::FailureKind;
    CrmFailure out{.kind = CrmFailure::Kind::Passing,
                   .retry_at_ms = 0,
                   .code = failure.code.empty() ? std::string(failure_kind_name(failure.kind)) : failure.code,
                   .text = failure.text};
    switch (failure.kind) {
    case FailureKind::Throttled:
    case FailureKind::DailyLimit:
    case FailureKind::Resting:
        out.kind = CrmFailure::Kind::Resting;
        out.retry_at_ms = now_ms + failure.retry_after_ms;
        break;
    case FailureKind::Unauthorised: out.kind = CrmFailure::Kind::SignedOut; break;
    case FailureKind::Forbidden:
    case FailureKind::NotFound:
    case FailureKind::Rejected: out.kind = CrmFailure::Kind::Refused; break;
    case FailureKind::Cancelled: out.kind = CrmFailure::Kind::Stopped; break;
    case FailureKind::Unreachable:
    case FailureKind::TimedOut:
    case FailureKind::Broken:
    case FailureKind::Garbled: break;
    }
    return out;
}

} // namespace tributary
