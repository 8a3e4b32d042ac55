#pragma once

#include <algorithm>
#include <deque>
#include <string>
#include <unordered_map>
#include <utility>

#include <wskit/notes.h>

/// The notes of a node that is the only one. They last until they are taken.
class LocalNotes final : public wskit::Notes {
 public:
  void leave(std::string key, std::string note, std::chrono::milliseconds) override {
    notes_[std::move(key)].push_back(std::move(note));
  }

  void take(std::string key, std::function<void(std::optional<std::string>)> done) override {
    const auto found = notes_.find(key);
    if (found == notes_.end()) return done(std::nullopt);
    std::string note = std::move(found->second.front());
    found->second.pop_front();
    if (found->second.empty()) notes_.erase(found);
    done(std::move(note));
  }

  void withdraw(std::string key, std::string note, std::function<void(bool)> done) override {
    const auto found = notes_.find(key);
    if (found == notes_.end()) return done(false);
    const auto place = std::ranges::find(found->second, note);
    const bool is_there = place != found->second.end();
    if (is_there) found->second.erase(place);
    if (found->second.empty()) notes_.erase(found);
    done(is_there);
  }

 private:
  std::unordered_map<std::string, std::deque<std::string>> notes_;  ///< none is empty
};
