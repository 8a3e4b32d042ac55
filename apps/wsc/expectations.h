#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pattern.h"

/// What the messages received must be like. Patterns are RE2's, and may match anywhere.
struct ExpectationOptions {
  std::vector<std::string> expect;       ///< each to be matched by some message
  std::vector<std::string> expect_json;  ///< "POINTER=VALUE", to be so in some message
  std::vector<std::string> reject;       ///< to be matched by none
  std::string until;                     ///< the message that ends the run; empty: none does
};

/// Judges messages as they come.
class Expectations {
 public:
  /// Throws wskit::Error naming a malformed pattern or JSON pointer (RFC 6901).
  explicit Expectations(const ExpectationOptions& options);
  ~Expectations();

  enum class Verdict {
    go_on,
    met,       ///< with this message everything expected has come
    ended,     ///< it is what --until waits for
    rejected,  ///< it is what must not come: see problem()
  };
  Verdict take(std::string_view message);

  /// What is still missing, or what came and must not; empty if all is well.
  std::string problem() const;

 private:
  struct Expected;
  struct Member;

  std::vector<Expected> expected_;
  std::vector<Member> members_;
  std::vector<Pattern> rejected_;
  std::optional<Pattern> until_;
  std::string rejection_;
  std::size_t missing_count_ = 0;
  bool has_ended_ = false;
};
