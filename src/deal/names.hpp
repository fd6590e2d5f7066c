// The specification's closed word lists: stages, sources, risk levels, lead statuses. One table each, both ways.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tributary {

enum class Stage : std::uint8_t { Discovery, Qualification, Proposal, Negotiation, ClosedWon, ClosedLost };
inline constexpr std::size_t kStageCount = 6;
[[nodiscard]] std::string_view stage_key(Stage stage);   // "closed_won"
[[nodiscard]] std::string_view stage_label(Stage stage); // "Closed Won"
[[nodiscard]] std::optional<Stage> parse_stage(std::string_view text); // key or label, any case, spaces/dashes/underscores alike
[[nodiscard]] constexpr bool is_closed(Stage stage) { return stage == Stage::ClosedWon || stage == Stage::ClosedLost; }

// DealIngestionSource of the specification, plus System for failures that belong to no source.
enum class Source : std::uint8_t { Manual, WebForm, Csv, Email, Api, Hubspot, Salesforce, System };
inline constexpr std::size_t kSourceCount = 7; // System is not one
[[nodiscard]] std::string_view source_key(Source source); // "web_form"
[[nodiscard]] std::optional<Source> parse_source(std::string_view text);

enum class Risk : std::uint8_t { Low, Medium, High };
[[nodiscard]] std::string_view risk_key(Risk risk);
[[nodiscard]] std::optional<Risk> parse_risk(std::string_view text);

// The order is the order of progress: an ingestion never moves a lead backwards.
enum class LeadStatus : std::uint8_t { New, Qualified, Contacted, Converted, Disqualified, Spam };
[[nodiscard]] std::string_view lead_status_key(LeadStatus status);
[[nodiscard]] std::optional<LeadStatus> parse_lead_status(std::string_view text);

enum class Role : std::uint8_t { Viewer, Intake, Member, Admin, Form };
[[nodiscard]] std::string_view role_key(Role role);
[[nodiscard]] std::optional<Role> parse_role(std::string_view text);

} // namespace tributary
