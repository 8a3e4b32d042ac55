#pragma once

#include <memory>
#include <vector>

#include <wskit/directory.h>

#include "worker.h"

namespace wskit {

/// Knows the sessions of this server, by asking its workers.
class LocalDirectory final : public Directory {
 public:
  /// All outlive this; the workers may still be to come.
  LocalDirectory(Loop& control, const std::vector<std::unique_ptr<Worker>>& workers,
                 std::string node);

  void sessions(SessionQuery query, std::function<void(SessionPage)> done) override;
  void channels(ChannelQuery query, std::function<void(ChannelPage)> done) override;
  void nodes(std::function<void(NodeList)> done) override;

 private:
  template <typename Page>
  void gather(std::function<Page(Worker&)> ask, std::function<void(std::vector<Page>)> done);

  Loop& control_;
  const std::vector<std::unique_ptr<Worker>>& workers_;
  const std::string node_;
  const std::int64_t started_ms_;
};

}  // namespace wskit
