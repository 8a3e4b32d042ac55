#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <wskit/loop.h>

#include "plan.h"

/// Told what becomes of a publisher. Calls come on its loop.
struct PublisherEvents {
  std::function<void()> on_ready;
  /// The server has not taken this message.
  std::function<void(std::uint64_t sequence, const std::string& problem)> on_refused;
  std::function<void(const std::string& problem)> on_problem;  ///< of the way into the server
  std::function<void(std::size_t bytes)> on_message;           ///< came back to it
};

/// One way into the server for what a fan-out publishes. Thread: its loop's.
class Publisher {
 public:
  virtual ~Publisher() = default;

  /// `message` is the payload alone. False if it could not be sent.
  virtual bool publish(std::string_view payload, std::uint64_t sequence) = 0;

  /// Whether publish() would send at once rather than wait for answers.
  virtual bool has_room() const { return true; }
};

/// As the plan says; it begins to connect. The plan and the loop outlive it.
std::unique_ptr<Publisher> make_publisher(wskit::Loop& loop, const Plan& plan, std::size_t number,
                                          PublisherEvents events);
