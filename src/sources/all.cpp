// The explicit list of sources: the specification's DealIngestionSource. A new source is its own file and one line here.
#include "sources/source.hpp"

namespace tributary {

const std::vector<SourceSpec>& all_sources() {
    static const std::vector<SourceSpec> all = {
        manual_source(), web_form_source(), csv_source(), email_source(), api_source(), hubspot_source(), salesforce_source(),
    };
    return all;
}

} // namespace tributary
