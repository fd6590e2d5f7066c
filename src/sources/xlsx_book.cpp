#include "sources/xlsx_book.hpp"

#include "sources/field_names.hpp"
#include "sources/utf8.hpp"
#include "sources/xml_stream.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>

namespace tributary {
namespace {

constexpr std::size_t kPartBytesMax = 16 * 1024 * 1024; // of the parts that describe the workbook
constexpr std::size_t kPieceBytes = 64 * 1024;
constexpr std::size_t kSheetsMax = 1'000;
constexpr std::size_t kStylesMax = 70'000; // spreadsheets allow 65,490

unsigned number_of(std::string_view text) {
    unsigned number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

Result<void> read_part(const XlsxParts& parts, const std::string& name, XmlListener& listener, std::size_t bytes_max) {
    auto part = parts.part(name);
    if (!part) return std::unexpected(std::move(part.error()));
    XmlStream xml(listener);
    std::string piece;
    for (std::size_t total = 0;; total += piece.size()) {
        if (total > bytes_max)
            return refuse(Reason::TooLarge, "workbook_too_large", "A part of the workbook is larger than is read: " + name + ".");
        if (auto read = part->read(kPieceBytes, piece); !read) return read;
        auto again = xml.write(piece, piece.empty());
        if (!again) return std::unexpected(std::move(again.error()));
        if (!*again || piece.empty()) return {};
    }
}

// Where a part's relations lead: by id, and by the last word of their type.
struct Relations final : XmlListener {
    bool begin(std::string_view name, const XmlAttributes& attributes) override {
        if (name != "Relationship" || attributes["TargetMode"] == "External") return true;
        std::string target(attributes["Target"]);
        if (target.starts_with('/'))
            target.erase(0, 1);
        else
            target.insert(0, folder);
        const std::string_view type = attributes["Type"];
        by_type.emplace(type.substr(type.rfind('/') + 1), target);
        by_id.emplace(attributes["Id"], std::move(target));
        return by_id.size() < kSheetsMax * 4;
    }
    bool end(std::string_view) override { return true; }
    bool text(std::string_view) override { return true; }

    std::string folder; // relative targets begin here
    std::map<std::string, std::string, std::less<>> by_id;
    std::map<std::string, std::string, std::less<>> by_type;
};

struct WorkbookPart final : XmlListener {
    WorkbookPart(XlsxBook& into, const Relations& known) : book(into), relations(known) {}

    bool begin(std::string_view name, const XmlAttributes& attributes) override {
        if (name == "workbookPr") book.dates_of_1904 = attributes["date1904"] == "1" || attributes["date1904"] == "true";
        if (name != "sheet" || book.sheets.size() >= kSheetsMax) return true;
        const auto target = relations.by_id.find(attributes["id"]);
        if (target != relations.by_id.end())
            book.sheets.push_back(
                {std::string(attributes["name"]), target->second, attributes["state"].empty() || attributes["state"] == "visible"});
        return true;
    }
    bool end(std::string_view) override { return true; }
    bool text(std::string_view) override { return true; }

    XlsxBook& book;
    const Relations& relations;
};

struct StylesPart final : XmlListener {
    explicit StylesPart(XlsxBook& into) : book(into) {}

    bool begin(std::string_view name, const XmlAttributes& attributes) override {
        if (name == "numFmt" && formats.size() < kStylesMax)
            formats.insert_or_assign(number_of(attributes["numFmtId"]), number_format(attributes["formatCode"]));
        if (name == "cellXfs") inside = true;
        if (name != "xf" || !inside || book.formats.size() >= kStylesMax) return true;
        const unsigned id = number_of(attributes["numFmtId"]);
        const auto own = formats.find(id);
        book.formats.push_back(own == formats.end() ? builtin_number_format(id) : own->second);
        return true;
    }
    bool end(std::string_view name) override {
        if (name == "cellXfs") inside = false;
        return true;
    }
    bool text(std::string_view) override { return true; }

    XlsxBook& book;
    std::map<unsigned, NumberFormat> formats;
    bool inside = false;
};

struct StringsPart final : XmlListener {
    explicit StringsPart(SharedStrings& into) : strings(into) {}

    bool begin(std::string_view name, const XmlAttributes&) override {
        if (name == "si") current.clear();
        if (name == "rPh") ++phonetic; // how a name is pronounced is no part of it
        taking = name == "t" && phonetic == 0;
        return true;
    }
    bool end(std::string_view name) override {
        taking = false;
        if (name == "rPh") --phonetic;
        if (name == "si") strings.add(unescaped_text(current));
        too_many = strings.size() > kSharedStringsMax || strings.bytes() > kSharedStringBytesMax;
        return !too_many;
    }
    bool text(std::string_view piece) override {
        if (taking) current += piece;
        too_many = current.size() > kSharedStringBytesMax;
        return !too_many;
    }

    SharedStrings& strings;
    std::string current;
    int phonetic = 0;
    bool taking = false;
    bool too_many = false;
};

Result<Relations> relations_of(const XlsxParts& parts, const std::string& part) {
    const std::size_t slash = part.rfind('/') + 1; // 0 when there is none
    Relations relations;
    relations.folder = part.substr(0, slash);
    const std::string name = relations.folder + "_rels/" + part.substr(slash) + ".rels";
    if (auto read = read_part(parts, name, relations, kPartBytesMax); !read) return std::unexpected(std::move(read.error()));
    return relations;
}

} // namespace

void SharedStrings::add(std::string_view text) {
    if (ends_.empty()) text_.reserve(kSharedStringBytesMax); // pages that are not touched cost nothing, growing does
    text_ += text;
    ends_.push_back(static_cast<std::uint32_t>(std::min<std::size_t>(text_.size(), std::numeric_limits<std::uint32_t>::max())));
}

std::string_view SharedStrings::at(std::size_t index) const {
    if (index >= ends_.size()) return {};
    const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
    return std::string_view(text_).substr(begin, ends_[index] - begin);
}

std::string unescaped_text(std::string_view text) {
    constexpr std::size_t kGroup = 7; // _xHHHH_
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        unsigned code = 0;
        const std::string_view group = text.substr(at, kGroup);
        const bool is_group = group.size() == kGroup && group.starts_with("_x") && group.back() == '_' &&
                              std::from_chars(group.data() + 2, group.data() + 6, code, 16).ptr == group.data() + 6;
        const bool is_ascii = is_group && code > 0 && code < 0x80;
        out.push_back(is_ascii ? static_cast<char>(code) : text[at]);
        if (is_ascii) at += kGroup - 1;
    }
    return out;
}

Result<XlsxBook> read_book(const XlsxParts& parts) {
    auto package = relations_of(parts, "");
    if (!package) return invalid_workbook("This zip file is no Excel workbook (.xlsx).");
    const auto main = package->by_type.find("officeDocument");
    if (main == package->by_type.end() || !main->second.ends_with(".xml"))
        return invalid_workbook("This is no workbook that can be read: save it as .xlsx or CSV and send that.");
    auto relations = relations_of(parts, main->second);
    if (!relations) return std::unexpected(std::move(relations.error()));
    XlsxBook book;
    WorkbookPart workbook(book, *relations);
    if (auto read = read_part(parts, main->second, workbook, kPartBytesMax); !read) return std::unexpected(std::move(read.error()));
    if (const auto styles = relations->by_type.find("styles"); styles != relations->by_type.end() && parts.has(styles->second)) {
        StylesPart listener(book);
        if (auto read = read_part(parts, styles->second, listener, kPartBytesMax); !read) return std::unexpected(std::move(read.error()));
    }
    if (const auto strings = relations->by_type.find("sharedStrings"); strings != relations->by_type.end() && parts.has(strings->second)) {
        StringsPart listener(book.strings);
        if (auto read = read_part(parts, strings->second, listener, std::numeric_limits<std::size_t>::max()); !read)
            return std::unexpected(std::move(read.error()));
        if (listener.too_many)
            return refuse(Reason::TooLarge, "workbook_too_large", "The workbook holds more than 64 MiB of text; send the sheet as CSV.");
    }
    return book;
}

Result<const XlsxSheetEntry*> choose_sheet(const XlsxBook& book, std::string_view wanted) {
    if (book.sheets.empty()) return refuse(Reason::Invalid, "empty_file", "The workbook has no sheet.");
    if (wanted.empty()) {
        const auto shown = std::ranges::find(book.sheets, true, &XlsxSheetEntry::shown);
        return shown == book.sheets.end() ? &book.sheets.front() : &*shown;
    }
    const auto named = std::ranges::find(book.sheets, wanted, &XlsxSheetEntry::name);
    if (named != book.sheets.end()) return &*named;
    const auto alike = std::ranges::find_if(book.sheets, [&](const XlsxSheetEntry& each) {
        return folded_name(each.name) == folded_name(wanted) && !folded_name(wanted).empty();
    });
    if (alike != book.sheets.end()) return &*alike;
    const unsigned number = wanted.find_first_not_of("0123456789") == std::string_view::npos ? number_of(wanted) : 0;
    if (number >= 1 && number <= book.sheets.size()) return &book.sheets[number - 1];
    std::string names;
    for (const XlsxSheetEntry& each : book.sheets) names.append(names.empty() ? "" : ", ").append(utf8_cut(each.name, 60));
    return std::unexpected(field_refusal(
        "sheet", "unknown_sheet", "The workbook has no sheet of this name. It has: " + std::string(utf8_cut(names, 1'000)) + ".", wanted));
}

} // namespace tributary
