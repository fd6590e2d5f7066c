#include "sources/xml_stream.hpp"

#include "sources/xlsx_parts.hpp"

#include <expat.h>

#include <cstdint>
#include <new>

namespace tributary {
namespace {

std::string_view local_name(std::string_view name) { return name.substr(name.rfind(':') + 1); }

} // namespace

struct XmlStream::State {
    explicit State(XmlListener& heard_by) : listener(heard_by), parser(XML_ParserCreate(nullptr)) {
        if (parser == nullptr) throw std::bad_alloc();
        XML_SetUserData(parser, this);
        XML_SetElementHandler(parser, begin, end);
        XML_SetCharacterDataHandler(parser, text);
        XML_SetStartDoctypeDeclHandler(parser, doctype);
    }
    ~State() { XML_ParserFree(parser); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    void stop_unless(bool go_on) {
        if (go_on) return;
        stopped = true;
        XML_StopParser(parser, XML_FALSE);
    }

    void refuse_as(std::string_view message) {
        if (refusal.empty()) refusal = message;
        XML_StopParser(parser, XML_FALSE);
    }

    static void XMLCALL begin(void* self, const char* name, const char** attributes) {
        State& state = *static_cast<State*>(self);
        if (++state.depth > kDepthMax) return state.refuse_as("The workbook's XML is nested too deeply.");
        if (!state.stopped) state.stop_unless(state.listener.begin(local_name(name), XmlAttributes(attributes)));
    }
    static void XMLCALL end(void* self, const char* name) {
        State& state = *static_cast<State*>(self);
        --state.depth;
        if (!state.stopped) state.stop_unless(state.listener.end(local_name(name)));
    }
    static void XMLCALL text(void* self, const char* piece, int size) {
        State& state = *static_cast<State*>(self);
        if (!state.stopped) state.stop_unless(state.listener.text({piece, static_cast<std::size_t>(size)}));
    }
    static void XMLCALL doctype(void* self, const char*, const char*, const char*, int) {
        static_cast<State*>(self)->refuse_as("The workbook's XML declares a document type, which no spreadsheet does.");
    }

    XmlListener& listener;
    XML_Parser parser;
    int depth = 0;
    std::uint64_t written = 0;
    bool stopped = false;
    std::string_view refusal;
};

std::string_view XmlAttributes::operator[](std::string_view wanted) const {
    for (const char** pair = pairs_; *pair != nullptr; pair += 2) {
        if (local_name(*pair) == wanted) return pair[1];
    }
    return {};
}

XmlStream::XmlStream(XmlListener& listener) : state_(std::make_unique<State>(listener)) {}
XmlStream::~XmlStream() = default;

Result<bool> XmlStream::write(std::string_view bytes, bool last) {
    State& state = *state_;
    if (state.stopped) return false;
    const XML_Status status = XML_Parse(state.parser, bytes.data(), static_cast<int>(bytes.size()), last ? XML_TRUE : XML_FALSE);
    if (state.stopped) return false;
    if (!state.refusal.empty()) return invalid_workbook(std::string(state.refusal));
    if (status != XML_STATUS_OK) return invalid_workbook("The workbook's XML is damaged.");
    // What the parser has not passed on yet is one unfinished token, and it keeps all of it.
    state.written += bytes.size();
    const XML_Index passed = XML_GetCurrentByteIndex(state.parser);
    if (passed >= 0 && state.written > static_cast<std::uint64_t>(passed) + kTokenBytesMax)
        return invalid_workbook("The workbook's XML holds a tag above 1 MiB.");
    return true;
}

} // namespace tributary
