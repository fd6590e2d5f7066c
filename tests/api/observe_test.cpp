// The counters an operator sees: what counts as what, and under which labels.
#include "api/observe.hpp"

#include <gtest/gtest.h>
#include <regex>

namespace tributary {
namespace {

bool says(const Observer& observer, const std::string& sample) {
    return ("\n" + observer.text()).find("\n" + sample + "\n") != std::string::npos;
}

TEST(Observe, AnImportIsCountedByHowItEnded) {
    Observer observer;
    observer.import_ended(Source::Csv, UnitState::Done, 40'000);
    observer.import_ended(Source::Csv, UnitState::Done, 400'000);
    observer.import_ended(Source::Csv, UnitState::Cancelled, 1);
    observer.import_ended(Source::Hubspot, UnitState::Failed, 1);
    EXPECT_TRUE(says(observer, R"(tributary_imports_total{source="csv",state="done"} 2)")) << observer.text();
    EXPECT_TRUE(says(observer, R"(tributary_imports_total{source="csv",state="cancelled"} 1)"));
    EXPECT_TRUE(says(observer, R"(tributary_imports_total{source="csv",state="failed"} 0)"));
    EXPECT_TRUE(says(observer, R"(tributary_imports_total{source="hubspot",state="failed"} 1)"));
    EXPECT_TRUE(says(observer, R"(tributary_import_seconds_bucket{source="csv",le="0.05"} 2)"));
    EXPECT_TRUE(says(observer, R"(tributary_import_seconds_bucket{source="csv",le="0.5"} 3)"));
}

TEST(Observe, SlicesAreKeptApartFromSingleDeals) {
    Observer observer;
    observer.slice_took(Source::Api, 20'000);
    observer.took(Source::Api, 300);
    EXPECT_TRUE(says(observer, R"(tributary_import_slice_seconds_count{source="api"} 1)"));
    EXPECT_TRUE(says(observer, R"(tributary_import_slice_seconds_bucket{source="api",le="0.025"} 1)"));
    EXPECT_TRUE(says(observer, R"(tributary_import_slice_seconds_bucket{source="api",le="0.01"} 0)"));
    EXPECT_TRUE(says(observer, R"(tributary_ingest_seconds_count{source="api"} 1)"));
    EXPECT_TRUE(says(observer, R"(tributary_ingest_seconds_bucket{source="api",le="0.0005"} 1)"));
}

TEST(Observe, ASourceWithoutADoorForManyHasNoImports) {
    Observer observer;
    observer.import_ended(Source::Manual, UnitState::Done, 1);
    observer.slice_took(Source::Manual, 1);
    observer.slice_took(Source::System, 1);
    EXPECT_EQ(observer.text().find(R"(tributary_imports_total{source="manual")"), std::string::npos);
    EXPECT_EQ(observer.text().find(R"(tributary_import_slice_seconds_count{source="manual")"), std::string::npos);
}

TEST(Observe, LabelsAreSourceActionStateAndClassOnly) {
    Observer observer;
    const std::string text = observer.text();
    const std::regex label("[{,]([a-z_]+)=");
    for (auto at = std::sregex_iterator(text.begin(), text.end(), label); at != std::sregex_iterator(); ++at) {
        const std::string name = (*at)[1];
        EXPECT_TRUE(name == "source" || name == "action" || name == "state" || name == "class" || name == "le") << name;
    }
}

} // namespace
} // namespace tributary
