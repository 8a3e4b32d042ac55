#pragma once

#include <memory>
#include <string>
#include <thread>

#include <wskit/http_server.h>
#include <wskit/log.h>
#include <wskit/loop.h>

#include "plan.h"
#include "run_result.h"

/// What a run has measured so far, in Prometheus' text format.
std::string prometheus_text(const Plan& plan, const IntervalPoint& point, const RunResult& so_far);

/// Serves /metrics while runs go on, on a thread of its own.
class PrometheusExporter {
 public:
  /// `address` is "ADDR:PORT". Throws wskit::Error if it cannot be used.
  explicit PrometheusExporter(const std::string& address);
  ~PrometheusExporter();
  PrometheusExporter(const PrometheusExporter&) = delete;
  PrometheusExporter& operator=(const PrometheusExporter&) = delete;

  const std::string& address() const { return server_->address(); }

  /// From now on, instead of the text before.
  void show(std::string text);

 private:
  wskit::Loop loop_;
  std::unique_ptr<wskit::Log> log_;
  std::string text_;  ///< the thread's own
  std::unique_ptr<wskit::HttpServer> server_;
  std::thread thread_;
};
