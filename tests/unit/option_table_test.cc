#include "common/option_table.h"

#include <cstdlib>
#include <optional>
#include <stdexcept>

#include <catch2/catch.hpp>

#include <wskit/error.h>

#include "support/temporary_file.h"

using Catch::Matchers::Equals, Catch::Matchers::StartsWith;
using Strings = std::vector<std::string>;

namespace {

/// A table of two options that keep what they were given.
struct Sample {
  Strings sizes, paths;
  std::optional<OptionSource> source;
  std::vector<OptionSpec> table{
      {.name = "max-size",
       .value_name = "SIZE",
       .preset = "1",
       .help = "",
       .apply =
           [this](const std::string& value, OptionSource from) {
             if (value == "bad") throw std::invalid_argument("a size is expected");
             sizes.push_back(value);
             source = from;
           }},
      {.name = "path",
       .value_name = "PATH",
       .preset = "/",
       .help = "",
       .apply = [this](const std::string& value, OptionSource) { paths.push_back(value); },
       .is_list = true}};
};

/// A variable of the environment for as long as it lives.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_{name} { ::setenv(name, value, 1); }
  ~Variable() { ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

FoundOptions one(const std::string& name, Strings values, OptionSource source) {
  return {{name, {std::move(values), source, "the " + name}}};
}

std::string error_in_file(const std::string& contents) {
  Sample sample;
  const TemporaryFile file{contents};
  try {
    read_option_file(file.name(), sample.table);
  } catch (const wskit::Error& error) {
    const std::string what = error.what();
    REQUIRE_THAT(what, StartsWith(file.name()));
    return what.substr(file.name().size());
  }
  return {};
}

}  // namespace

TEST_CASE("option table: a flag is stronger than the environment, that than the file") {
  Sample sample;
  const auto file = one("max-size", {"1"}, OptionSource::file);
  const auto environment = one("max-size", {"2"}, OptionSource::environment);
  const auto flags = one("max-size", {"3"}, OptionSource::flag);

  apply_options(sample.table, strongest_of(file, {}, {}));
  CHECK(sample.source == OptionSource::file);
  apply_options(sample.table, strongest_of(file, environment, {}));
  CHECK(sample.source == OptionSource::environment);
  apply_options(sample.table, strongest_of(file, environment, flags));
  CHECK(sample.source == OptionSource::flag);
  apply_options(sample.table, strongest_of(file, {}, flags));
  apply_options(sample.table, {});

  CHECK(sample.sizes == Strings{"1", "2", "3", "3"});
}

TEST_CASE("option table: a list comes whole from the strongest place") {
  Sample sample;

  apply_options(sample.table, strongest_of(one("path", {"/a", "/b"}, OptionSource::file), {},
                                           one("path", {"/c", "/d"}, OptionSource::flag)));

  CHECK(sample.paths == Strings{"/c", "/d"});
}

TEST_CASE("option table: what is wrong with a value is told with its place") {
  Sample sample;
  CHECK_THROWS_WITH(
      apply_options(sample.table, one("max-size", {"bad"}, OptionSource::environment)),
      Equals("the max-size: a size is expected"));
  CHECK_THROWS_AS(apply_options(sample.table, one("max-size", {"bad"}, OptionSource::file)),
                  wskit::Error);
}

TEST_CASE("option table: a file gives texts, numbers, booleans and lists with their lines") {
  Sample sample;
  const TemporaryFile file{"# comment\nmax-size = 64\n\npath = [\"/a\", \"/b,c\"]\n"};

  const FoundOptions found = read_option_file(file.name(), sample.table);

  REQUIRE(found.size() == 2);
  CHECK(found.at("max-size").values == Strings{"64"});
  CHECK(found.at("max-size").place == file.name() + ":2: max-size");
  CHECK(found.at("max-size").source == OptionSource::file);
  CHECK(found.at("path").values == Strings{"/a", "/b,c"});
  CHECK(found.at("path").place == file.name() + ":4: path");
  CHECK(read_option_file(TemporaryFile{"max-size = true\npath = '/only'"}.name(), sample.table)
            .at("path")
            .values == Strings{"/only"});
}

TEST_CASE("option table: errors in a file name file, line and option") {
  CHECK_THAT(error_in_file("max-size = 1\nno-such = 2\n"),
             Equals(":2: no-such: there is no such option"));
  CHECK_THAT(error_in_file("[path]\nx = 1\n"), StartsWith(":1: path: "));
  CHECK_THAT(error_in_file("\nmax-size = [1]\n"),
             Equals(":2: max-size: one value is expected, not a list"));
  CHECK_THAT(error_in_file("max-size = 1.5\n"), StartsWith(":1: max-size: "));
  CHECK_THAT(error_in_file("path = ['/a', ['/b']]\n"), StartsWith(":1: path: "));
  CHECK_THAT(error_in_file("max-size = 1\npath = \n"), StartsWith(":2: "));
  CHECK_THAT(error_in_file("max-size = 1\nmax-size = 2\n"), StartsWith(":2: "));
}

TEST_CASE("option table: a file that cannot be read is named") {
  Sample sample;
  CHECK_THROWS_WITH(read_option_file("/nonexistent/wsd.toml", sample.table),
                    StartsWith("/nonexistent/wsd.toml: "));
}

TEST_CASE("option table: the environment's names are upper case, its lists split at commas") {
  Sample sample;
  const Variable size{"WSKITTEST_MAX_SIZE", "1,2"};
  const Variable path{"WSKITTEST_PATH", "/a,/b"};
  const Variable unknown{"WSKITTEST_OTHER", "x"};

  const FoundOptions found = read_option_environment("WSKITTEST", sample.table);

  REQUIRE(found.size() == 2);
  CHECK(found.at("max-size").values == Strings{"1,2"});
  CHECK(found.at("max-size").place == "WSKITTEST_MAX_SIZE");
  CHECK(found.at("max-size").source == OptionSource::environment);
  CHECK(found.at("path").values == Strings{"/a", "/b"});
  CHECK(read_option_environment("WSKITNONE", sample.table).empty());
}
