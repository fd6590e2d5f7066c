// Where the keys of the vault come from, and which files are not believed.
#include "cli/secret_key.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <sys/stat.h>
#include <thread>
#include <vector>

namespace tributary {
namespace {

constexpr VaultPlace kPlace{.tenant_id = "acme", .table = "t", .row = "1", .column = "c"};

class SecretKey : public testing::Test {
  protected:
    SecretKey() {
        std::string name = (std::filesystem::temp_directory_path() / "tributary-test-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
        data_ = name;
        unsetenv("TRIBUTARY_SECRET_KEY");
    }
    ~SecretKey() override {
        unsetenv("TRIBUTARY_SECRET_KEY");
        std::filesystem::remove_all(data_);
    }
    [[nodiscard]] std::string put(const std::string& name, const std::string& text, mode_t mode = 0600) const {
        std::string path = data_ + "/" + name;
        std::ofstream(path) << text;
        EXPECT_EQ(::chmod(path.c_str(), mode), 0);
        return path;
    }
    [[nodiscard]] static std::string text_of(const std::string& path) {
        std::ifstream in(path);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    // What it says when it refuses; empty: it does not.
    template <typename Work>
    static std::string refusal(const Work& work) {
        try {
            (void)work();
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "";
    }
    [[nodiscard]] std::size_t files() const {
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(data_), {}));
    }
    std::string data_;
};

TEST_F(SecretKey, IsMadeForItsOwnerAloneAndStays) {
    const std::string sealed = Vault(key_ring(data_, {}, true)).seal(Secret("token"), kPlace);
    struct stat about{};
    ASSERT_EQ(::stat(data_key_file(data_).c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 07777U, 0600U);
    EXPECT_EQ(Vault(key_ring(data_, {}, false)).open(sealed, kPlace)->reveal(), "token");
    EXPECT_EQ(files(), 1U) << "nothing else is left behind";
}

TEST_F(SecretKey, ThatIsMissingIsNotMadeAnewWhileSomethingIsSealedWithIt) {
    EXPECT_NE(refusal([&] { return key_ring(data_, {}, false); }).find("is missing"), std::string::npos);
    EXPECT_EQ(files(), 0U);
}

TEST_F(SecretKey, ThatOthersMayReadIsRefusedWhereverItLies) {
    const std::string text(64, 'a');
    for (const mode_t mode : {0604U, 0644U, 0640U, 0602U, 0660U}) {
        const std::string path = put("secret.key", text, mode);
        for (const std::string& said :
             {refusal([&] { return key_ring(data_, {}, true); }), refusal([&] { return told_secret_keys(path); })}) {
            EXPECT_NE(said.find("others may read"), std::string::npos) << mode;
            EXPECT_EQ(said.find(text), std::string::npos);
        }
    }
    EXPECT_EQ(refusal([&] { return key_ring(data_, told_secret_keys(put("elsewhere.key", text, 0400)), false); }), "");
}

TEST_F(SecretKey, ComesFromTheNamedFileBeforeTheEnvironmentBeforeTheDataDirectory) {
    const std::string in_file(64, 'a');
    const std::string in_environment(64, 'b');
    const std::string path = put("named.key", in_file);
    (void)put("secret.key", std::string(64, 'c'));
    EXPECT_TRUE(told_secret_keys("").is_empty());
    setenv("TRIBUTARY_SECRET_KEY", in_environment.c_str(), 1);
    EXPECT_EQ(told_secret_keys(path).reveal(), in_file);
    EXPECT_EQ(told_secret_keys("").reveal(), in_environment);
    const std::string sealed = Vault(key_ring(data_, told_secret_keys(""), false)).seal(Secret("token"), kPlace);
    EXPECT_TRUE(Vault(KeyRing::parse(in_environment).value()).open(sealed, kPlace));
    unsetenv("TRIBUTARY_SECRET_KEY");
    EXPECT_FALSE(Vault(key_ring(data_, told_secret_keys(""), false)).open(sealed, kPlace));
}

TEST_F(SecretKey, FilesThatHoldNoKeyAreRefusedWithoutRepeatingThem) {
    for (const std::string& text : {std::string("swordfish"), std::string(63, 'a'), std::string(5'000, 'a'), std::string("\n")}) {
        const std::string path = put("secret.key", text);
        const std::string said = refusal([&] { return key_ring(data_, {}, true); });
        EXPECT_NE(said, "");
        EXPECT_EQ(said.find("swordfish"), std::string::npos);
        EXPECT_EQ(text_of(path), text) << "and never written over";
    }
    (void)put("secret.key", "");
    EXPECT_NE(refusal([&] { return key_ring(data_, {}, true); }), "");
    EXPECT_NE(refusal([&] { return told_secret_keys(data_ + "/absent"); }), "");
    EXPECT_NE(refusal([&] { return told_secret_keys(data_); }), "") << "a directory";
}

TEST_F(SecretKey, WrittenAnewTakesTheOldOnesPlaceInOneStepAndThroughALink) {
    const std::string real = put("real.key", std::string(64, 'a'));
    const std::string link = data_ + "/link.key";
    std::filesystem::create_symlink(real, link);
    write_key_file(link, Secret(std::string(64, 'b')));
    EXPECT_TRUE(std::filesystem::is_symlink(link));
    EXPECT_EQ(text_of(real), std::string(64, 'b'));
    EXPECT_EQ(read_key_file(link).reveal(), std::string(64, 'b'));
    EXPECT_EQ(files(), 2U);
    EXPECT_NE(refusal([&] {
                  write_key_file(data_ + "/no/such/folder.key", Secret("x"));
                  return 0;
              }),
              "");
}

TEST_F(SecretKey, MadeByManyAtOnceIsOne) {
    std::vector<std::string> sealed(8);
    {
        std::vector<std::jthread> threads;
        for (std::string& each : sealed)
            threads.emplace_back([&] { each = Vault(key_ring(data_, {}, true)).seal(Secret("token"), kPlace); });
    }
    const Vault vault(key_ring(data_, {}, false));
    for (const std::string& each : sealed) EXPECT_TRUE(vault.open(each, kPlace));
    EXPECT_EQ(files(), 1U);
}

} // namespace
} // namespace tributary
