// Requests as text, and waiting for something to become so: for the tests of this folder.
#pragma once
#include "wire_client.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <thread>

namespace tributary::http {

inline std::string get(const std::string& path, const std::string& headers = {}) {
    return "GET " + path + " HTTP/1.1\r\nHost: a.test\r\n" + headers + "\r\n";
}
inline std::string post(const std::string& path, const std::string& body, const std::string& headers = {}) {
    return "POST " + path + " HTTP/1.1\r\nHost: a.test\r\n" + headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           body;
}
inline std::string chunked(const std::string& path, const std::string& chunks) {
    return "POST " + path + " HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks;
}
inline int count(std::string_view text, std::string_view part) {
    int found = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++found;
    return found;
}

// Waits until something is so; false when it does not become so.
template <typename Condition>
bool soon(Condition&& condition) {
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(kPatience_s);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > patience) return false;
        std::this_thread::yield();
    }
    return true;
}

} // namespace tributary::http
