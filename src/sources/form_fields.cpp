#include "sources/form_fields.hpp"

#include "deal/json.hpp"
#include "sources/field_names.hpp"
#include "sources/form_urlencoded.hpp"
#include "sources/media_type.hpp"
#include "sources/multipart.hpp"
#include "sources/utf8.hpp"

namespace tributary {
namespace {

FormField text_field(std::string name, std::string text) {
    FormField field{.name = std::move(name), .text = std::move(text)};
    append_json_string(field.json, field.text);
    return field;
}

FormField json_field(std::string_view name, const boost::json::value& value) {
    FormField field{.name = std::string(name)};
    append_json(field.json, value);
    if (!value.is_array()) {
        field.is_text = is_scalar(value);
        field.text = scalar_text(value);
        return field;
    }
    for (const auto& each : value.get_array()) {
        field.is_text = field.is_text && is_scalar(each);
        if (!field.text.empty()) field.text += ", ";
        field.text += scalar_text(each);
    }
    if (!field.is_text) field.text.clear();
    return field;
}

void add_utm(FormFields& form, const boost::json::object& members) {
    for (const auto& member : members) {
        const std::string_view name = member.key();
        if (is_scalar(member.value())) {
            form.fields.push_back(json_field(name.starts_with("utm_") ? std::string(name) : "utm_" + std::string(name), member.value()));
        }
    }
}

Result<FormFields> read_json(std::string_view body) {
    const auto parsed = parse_json(body);
    if (!parsed) return std::unexpected(parsed.error());
    if (!parsed->is_object()) return std::unexpected(field_refusal("form", "wrong_type", "A form is a JSON object of its fields."));
    FormFields form;
    if (parsed->get_object().size() > kFormFieldsMax)
        return refuse(Reason::Invalid, "too_many_fields", "A form may have at most 256 fields.");
    for (const auto& member : parsed->get_object()) {
        const std::string_view name = member.key();
        if (folded_name(name) == "utm" && member.value().is_object())
            add_utm(form, member.value().get_object());
        else if (!member.value().is_null())
            form.fields.push_back(json_field(name, member.value()));
    }
    return form;
}

Result<FormFields> read_urlencoded(std::string_view body) {
    auto pairs = parse_form_urlencoded(body);
    if (!pairs) return std::unexpected(std::move(pairs.error()));
    FormFields form;
    for (auto& [name, value] : *pairs) form.fields.push_back(text_field(std::move(name), std::move(value)));
    return form;
}

class FieldTaker final : public PartTaker {
  public:
    Result<void> begin(const FormPart& part) override {
        part_ = part;
        text_.clear();
        return {};
    }

    Result<void> data(std::string_view bytes) override {
        if (part_.has_file_name) return {};
        if (text_.size() + bytes.size() > kFormFieldBytesMax) {
            return std::unexpected(field_refusal(part_.name, "field_too_long", "The value is longer than 64 KiB."));
        }
        text_.append(bytes);
        return {};
    }

    Result<void> end() override {
        if (part_.has_file_name) {
            if (!part_.file_name.empty()) {
                form.warnings.push_back({part_.name, "file_ignored", "Files sent with a web form are not kept.", part_.file_name});
            }
            return {};
        }
        if (!is_utf8(text_)) return std::unexpected(field_refusal(part_.name, "invalid_utf8", "The value is not UTF-8."));
        form.fields.push_back(text_field(part_.name, text_));
        return {};
    }

    FormFields form;

  private:
    FormPart part_;
    std::string text_;
};

Result<FormFields> read_multipart(std::string_view content_type, std::string_view body) {
    const auto boundary = multipart_boundary(content_type);
    if (!boundary) return std::unexpected(boundary.error());
    FieldTaker taker;
    MultipartSplitter splitter(*boundary, taker);
    if (auto written = splitter.write(body); !written) return std::unexpected(std::move(written.error()));
    if (auto finished = splitter.finish(); !finished) return std::unexpected(std::move(finished.error()));
    return std::move(taker.form);
}

} // namespace

Result<FormFields> read_form_fields(std::string_view content_type, std::string_view body) {
    const std::string type = media_type(content_type);
    if (type == "application/x-www-form-urlencoded") return read_urlencoded(body);
    if (type == "multipart/form-data") return read_multipart(content_type, body);
    if (is_json_type(content_type)) return read_json(body);
    return refuse(Reason::UnsupportedType, "unsupported_content_type",
                  "A web form comes as application/json, application/x-www-form-urlencoded or multipart/form-data.");
}

} // namespace tributary
