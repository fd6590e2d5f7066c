// Writes small workbooks (and zip files that only look like one) for the tests of this room.
#pragma once
#include <gtest/gtest.h>
#include <zip.h>

#include <string>
#include <utility>
#include <vector>

namespace tributary::testing {

using Parts = std::vector<std::pair<std::string, std::string>>;

inline std::string zip_of(const Parts& parts) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* target = zip_source_buffer_create(nullptr, 0, 0, &error);
    zip_source_keep(target);
    zip_t* archive = zip_open_from_source(target, ZIP_TRUNCATE, &error);
    for (const auto& [name, text] : parts)
        EXPECT_GE(zip_file_add(archive, name.c_str(), zip_source_buffer(archive, text.data(), text.size(), 0), 0), 0);
    EXPECT_EQ(zip_close(archive), 0);
    zip_source_open(target);
    zip_source_seek(target, 0, SEEK_END);
    std::string bytes(static_cast<std::size_t>(zip_source_tell(target)), '\0');
    zip_source_seek(target, 0, SEEK_SET);
    EXPECT_EQ(zip_source_read(target, bytes.data(), bytes.size()), static_cast<zip_int64_t>(bytes.size()));
    zip_source_close(target);
    zip_source_free(target);
    return bytes;
}

// A workbook: sheets by name, each the XML of its rows; shared strings; number formats of the cell styles 1, 2, ... by code.
struct Workbook {
    struct Sheet {
        std::string name;
        std::string rows;
        bool hidden = false;
    };
    std::vector<Sheet> sheets;
    std::vector<std::string> strings;
    std::vector<std::string> formats;
    bool dates_of_1904 = false;
    std::string prolog; // before the sheet's root

    [[nodiscard]] Parts parts() const {
        const std::string head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
        const std::string main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        const std::string rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        std::string book = head + "<x:workbook xmlns:x=\"" + main + "\" xmlns:r=\"" + rel + "\"><x:workbookPr date1904=\"" +
                           (dates_of_1904 ? "1" : "0") + "\"/><x:sheets>";
        std::string rels = head + "<Relationships>";
        Parts all;
        for (std::size_t at = 0; at < sheets.size(); ++at) {
            const std::string number = std::to_string(at + 1);
            book += "<x:sheet name=\"" + sheets[at].name + "\" sheetId=\"" + number + "\" r:id=\"rId" + number + "\"" +
                    (sheets[at].hidden ? " state=\"hidden\"" : "") + "/>";
            rels += "<Relationship Id=\"rId" + number + "\" Type=\"" + rel + "/worksheet\" Target=\"" + (at % 2 == 0 ? "" : "/xl/") +
                    "worksheets/sheet" + number + ".xml\"/>";
            all.emplace_back("xl/worksheets/sheet" + number + ".xml", head + prolog + "<worksheet xmlns=\"" + main + "\"><sheetData>" +
                                                                          sheets[at].rows + "</sheetData></worksheet>");
        }
        rels += "<Relationship Id=\"rIdS\" Type=\"" + rel + "/styles\" Target=\"styles.xml\"/><Relationship Id=\"rIdT\" Type=\"" + rel +
                "/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>";
        std::string shared = head + "<sst xmlns=\"" + main + "\">";
        for (const std::string& text : strings)
            shared += "<si>" + (text.starts_with('<') ? text : "<t xml:space=\"preserve\">" + text + "</t>") + "</si>";
        std::string fmts, xfs = "<xf numFmtId=\"0\"/>";
        for (std::size_t at = 0; at < formats.size(); ++at) {
            fmts += "<numFmt numFmtId=\"" + std::to_string(164 + at) + "\" formatCode=\"" + formats[at] + "\"/>";
            xfs += "<xf numFmtId=\"" + std::to_string(164 + at) + "\"/>";
        }
        all.emplace_back("_rels/.rels", head + "<Relationships><Relationship Id=\"rId1\" Type=\"" + rel +
                                            "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>");
        all.emplace_back("xl/workbook.xml", book + "</x:sheets></x:workbook>");
        all.emplace_back("xl/_rels/workbook.xml.rels", rels);
        all.emplace_back("xl/sharedStrings.xml", shared + "</sst>");
        all.emplace_back("xl/styles.xml", head + "<styleSheet><numFmts>" + fmts +
                                              "</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs>" + xfs +
                                              "</cellXfs></styleSheet>");
        return all;
    }
    [[nodiscard]] std::string bytes() const { return zip_of(parts()); }
};

inline std::string inline_cell(const std::string& text) { return "<c t=\"inlineStr\"><is><t>" + text + "</t></is></c>"; }
inline std::string number_cell(const std::string& number, int style = 0) {
    return "<c s=\"" + std::to_string(style) + "\"><v>" + number + "</v></c>";
}
inline std::string row_of(const std::vector<std::string>& texts) {
    std::string row = "<row>";
    for (const std::string& text : texts) row += inline_cell(text);
    return row + "</row>";
}

} // namespace tributary::testing
