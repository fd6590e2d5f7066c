// See precede.hpp.
#include "pipeline/precede.hpp"

#include "deal/field_origin.hpp"
#include "deal/json.hpp"

namespace tributary {
namespace {

std::string plain_text(const Deal& deal, Field field) {
    std::string text;
    append_field_json(text, deal, field);
    const auto value = parse_json(text);
    return value && is_scalar(*value) ? scalar_text(*value) : std::string();
}

std::string_view origin_word(const Deal& deal, Field field) {
    const auto origin = origin_of(deal, field);
    return origin ? source_key(*origin) : std::string_view("nobody");
}

} // namespace

Say say_of(const Precedence& precedence, Source arriving, const Deal& stored, Field field) {
    if (precedence.empty()) return Say::Same;
    const std::uint8_t theirs = precedence.rank(arriving);
    const std::uint8_t owned = precedence.rank(origin_of(stored, field));
    if (theirs == owned) return Say::Same;
    return theirs < owned ? Say::Less : Say::More;
}

Say Precedent::weigh(const Candidate& candidate, const Deal& stored, Field field) {
    const Say say = say_of(precedence, candidate.source, stored, field);
    if (say == Say::More) raised.set(static_cast<std::size_t>(field));
    if (say == Say::Less) outranked.set(static_cast<std::size_t>(field));
    return say;
}

void warn_outranked(const Deal& stored, const Deal& would_be, Field field, RowResult& row) {
    if (same_field(stored, would_be, field)) return;
    std::string message = "Left as it is: the workspace believes ";
    message += origin_word(stored, field);
    message += ", which set it, before this source.";
    row.warnings.push_back(field_refusal(field_key(field), "outranked", std::move(message), plain_text(would_be, field)).details.front());
}

GivenFields confirm_fields(const Precedent& precedent, const Candidate& candidate, const Deal& before, Deal& after) {
    GivenFields confirmed;
    if (precedent.raised.none()) return confirmed;
    for (const Field field : kFields) {
        if (!precedent.raised.test(static_cast<std::size_t>(field)) || leading_field(field) != field) continue;
        if (field == Field::Value && candidate.values.value_estimated) continue; // an estimate stands for nothing
        set_origin(after, field, candidate.source);
        if (differs_in_origin_alone(before, after, field)) confirmed.set(static_cast<std::size_t>(field));
    }
    return confirmed;
}

} // namespace tributary
