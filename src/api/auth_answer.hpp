// What the routes about people have in common: their answers' shapes, reading their bodies, and work that waits on a pool.
#pragma once
#include "api/app.hpp"
#include "http/http.hpp"

#include <boost/json/object.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace tributary {

// {"id","email","name","role","created_at"}
void append_person(std::string& out, const Person& person);
// Who is signed in and what they reach; `person` null: an API key. Never kept by a cache.
[[nodiscard]] http::Response signed_in_reply(App& app, const Principal& principal, const std::optional<Person>& person);
// The same for a session that was just opened, with its cookie.
[[nodiscard]] http::Response session_opened_reply(App& app, const std::string& token);

// A JSON object whose members are all among `known`; tenant_id and workspace_id are known everywhere. Refuses with
// unsupported_content_type, invalid_json, invalid_body or unknown_field.
[[nodiscard]] Result<boost::json::object> read_object(const http::Request& request, std::initializer_list<std::string_view> known);
// A member that is text of at most `bytes_max`; empty when absent or null. `required`: refuses blank ones with missing_field.
[[nodiscard]] Result<std::string> text_member(const boost::json::object& object, std::string_view name, std::size_t bytes_max,
                                              bool required);
// The same as an e-mail address in lower case; refuses with invalid_email.
[[nodiscard]] Result<std::string> email_member(const boost::json::object& object, bool required);
[[nodiscard]] std::string lower_email(std::string_view text);
[[nodiscard]] bool is_email(std::string_view text);
// A person's name: 1 to 200 bytes without control characters.
[[nodiscard]] Result<std::string> name_member(const boost::json::object& object);
// viewer, member or admin.
[[nodiscard]] Result<Role> person_role(const boost::json::object& object);

// Runs `work` on the pool and replies with its answer: 503 when the pool is full or the store fails.
void aside(Readers& pool, const std::string& request_id, const http::Reply& reply, std::function<http::Response()> work);

// One token of the bucket, or 429 too_many_attempts with Retry-After.
[[nodiscard]] Result<void> take_attempt(App& app, const std::string& bucket, std::int32_t per_minute);

// A line of the log about people: ids only, never an address or a name.
void log_person(std::string_view event, const Id& person, std::string_view account, std::string_view detail = {});

} // namespace tributary
