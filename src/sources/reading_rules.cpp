// What of a workspace's settings the readers of sources need. See source.hpp.
#include "sources/source.hpp"

namespace tributary {

ReadingRules reading_rules(const Settings& settings) {
    return {.base_currency = settings.base_currency,
            .company_size_values = settings.company_size_values,
            .email_default_minor = settings.email_default_minor,
            .default_country_code = settings.default_country_code,
            .stage_values = settings.stage_values};
}

} // namespace tributary
