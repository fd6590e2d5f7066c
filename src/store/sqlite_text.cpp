// See sqlite_text.hpp. The functions run once a row: they keep their buffers per thread.
#include "store/sqlite_text.hpp"

#include "deal/folded.hpp"
#include "store/store.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <exception>
#include <span>

namespace tributary::sqlite {
namespace {

constexpr char kBetween = '\n'; // between words, and between texts: no word holds one, so none reaches from a text into the next

std::string_view text_of(sqlite3_value* value) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
    return text == nullptr ? std::string_view{} : std::string_view(text, static_cast<std::size_t>(sqlite3_value_bytes(value)));
}

bool holds_all(std::string_view text, std::string_view words) {
    while (!words.empty()) {
        const std::string_view word = words.substr(0, words.find(kBetween));
        if (text.find(word) == std::string_view::npos) return false;
        words.remove_prefix(std::min(word.size() + 1, words.size()));
    }
    return true;
}

// No exception may pass through the library.
template <typename Work>
void answered(sqlite3_context* context, const Work& work) {
    try {
        work();
    } catch (const std::exception& error) {
        sqlite3_result_error(context, error.what(), -1);
    }
}

void answer_folded(sqlite3_context* context, int count, sqlite3_value** values) {
    answered(context, [&] {
        const std::span given(values, static_cast<std::size_t>(count));
        const std::string text = sort_text(text_of(given[0]), count > 1 && sqlite3_value_int(given[1]) != 0);
        sqlite3_result_text(context, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
    });
}

void answer_holds_words(sqlite3_context* context, int count, sqlite3_value** values) {
    answered(context, [&] {
        thread_local std::string texts;
        texts.clear();
        for (sqlite3_value* value : std::span(values, static_cast<std::size_t>(count)).subspan(1)) {
            append_folded(texts, text_of(value));
            texts += kBetween;
        }
        sqlite3_result_int(context, holds_all(texts, text_of(values[0])) ? 1 : 0);
    });
}

void name(sqlite3* handle, const char* function, int arguments, void (*answer)(sqlite3_context*, int, sqlite3_value**)) {
    constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    if (sqlite3_create_function_v2(handle, function, arguments, kFlags, nullptr, answer, nullptr, nullptr, nullptr) != SQLITE_OK) {
        throw StoreError("the text functions could not be made");
    }
}

} // namespace

void name_text_functions(sqlite3* handle) {
    name(handle, "folded", 1, answer_folded);
    name(handle, "folded", 2, answer_folded);
    name(handle, "holds_words", -1, answer_holds_words);
}

std::string search_text(std::string_view search) {
    std::string text;
    for (const std::string& word : folded_words(search)) {
        if (!text.empty()) text += kBetween;
        text += word;
    }
    return text;
}

std::string sort_text(std::string_view text, bool blank_last) {
    if (blank_last && text.empty()) return std::string(kAfterEveryText);
    return folded(text);
}

} // namespace tributary::sqlite
