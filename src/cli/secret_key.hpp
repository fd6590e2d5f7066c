// Where the keys of the vault come from (docs/decisions/0019-secrets.md): the file that was named; else TRIBUTARY_SECRET_KEY; else
// secret.key of the data directory, made when there is nothing yet that an earlier key has sealed. What throws says a sentence without
// a key in it.
#pragma once
#include "store/vault.hpp"

#include <string>

namespace tributary {

// What `file` (--secret-key-file), or without one TRIBUTARY_SECRET_KEY, say; empty when neither does. Throws when the file cannot be
// read, or others may read it.
[[nodiscard]] Secret told_secret_keys(const std::string& file);
// The same for another secret: the file's first line, or the environment variable.
[[nodiscard]] Secret told_secret(const std::string& file, const char* variable);
// Of `told`, else of the data directory. Throws when the text is no key; and when there is none and `may_make` is false, because then
// something is sealed with a key that has been lost.
[[nodiscard]] KeyRing key_ring(const std::string& data, const Secret& told, bool may_make);

[[nodiscard]] std::string data_key_file(const std::string& data); // the path
// The same checks as at the start. Empty: there is no such file.
[[nodiscard]] Secret read_key_file(const std::string& path);
// In one step and durably: whoever reads it, also after a power failure, finds the old text or the new one. Follows a link.
void write_key_file(const std::string& path, const Secret& text);

} // namespace tributary
