#include "local_directory.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "net/wall_clock.h"

namespace wskit {
namespace {

SessionPage join(std::vector<SessionPage> parts, std::size_t limit) {
  SessionPage page;
  bool is_whole = true;
  for (SessionPage& part : parts) {
    page.total += part.total;
    is_whole = is_whole && part.next.empty();
    std::ranges::move(part.sessions, std::back_inserter(page.sessions));
  }
  std::ranges::sort(page.sessions, {}, &SessionRecord::name);
  is_whole = is_whole && page.sessions.size() <= limit;
  if (page.sessions.size() > limit) page.sessions.resize(limit);
  if (!is_whole) page.next = page.sessions.back().name;
  return page;
}

ChannelPage join(const std::vector<ChannelPage>& parts, std::size_t limit) {
  std::map<std::string, std::size_t> sums;
  for (const ChannelPage& part : parts) {
    for (const ChannelRecord& each : part.channels) sums[each.channel] += each.sessions;
  }
  ChannelPage page;
  for (const auto& [channel, sessions] : sums) {
    if (page.channels.size() == limit) {
      page.next = page.channels.back().channel;
      break;
    }
    page.channels.push_back({channel, sessions});
  }
  return page;
}

}  // namespace

LocalDirectory::LocalDirectory(Loop& control, const std::vector<std::unique_ptr<Worker>>& workers,
                               std::string node)
    : control_{control}, workers_{workers}, node_{std::move(node)}, started_ms_{wall_clock_ms()} {}

template <typename Page>
void LocalDirectory::gather(std::function<Page(Worker&)> ask,
                            std::function<void(std::vector<Page>)> done) {
  struct Gathering {
    std::function<Page(Worker&)> ask;
    std::function<void(std::vector<Page>)> done;
    std::size_t missing;
    std::vector<Page> parts;
  };
  auto gathering =
      std::make_shared<Gathering>(Gathering{std::move(ask), std::move(done), workers_.size(), {}});
  for (const auto& worker : workers_) {
    worker->loop().post([gathering, &control = control_, &source = *worker] {
      control.post([gathering, part = gathering->ask(source)]() mutable {
        gathering->parts.push_back(std::move(part));
        if (--gathering->missing == 0) gathering->done(std::move(gathering->parts));
      });
    });
  }
}

void LocalDirectory::sessions(SessionQuery query, std::function<void(SessionPage)> done) {
  const std::size_t limit = query.limit;
  gather<SessionPage>(
      [query = std::move(query)](Worker& worker) { return worker.list_sessions(query); },
      [limit, done = std::move(done)](std::vector<SessionPage> parts) {
        done(join(std::move(parts), limit));
      });
}

void LocalDirectory::channels(ChannelQuery query, std::function<void(ChannelPage)> done) {
  const std::size_t limit = query.limit;
  gather<ChannelPage>(
      [query = std::move(query)](Worker& worker) { return worker.list_channels(query); },
      [limit, done = std::move(done)](const std::vector<ChannelPage>& parts) {
        done(join(parts, limit));
      });
}

void LocalDirectory::nodes(std::function<void(NodeList)> done) {
  sessions({.limit = 1}, [this, done = std::move(done)](const SessionPage& page) {
    done({true, {{node_, started_ms_, page.total}}});
  });
}

}  // namespace wskit
