#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <wskit/broker.h>
#include <wskit/server.h>

#include "wsd/hook_sender.h"
#include "wsd/permissions.h"

/// The counters and gauges in the Prometheus text format, version 0.0.4. `hooks` and
/// `certificate` may be missing.
std::string metrics_text(const wskit::ServerStats& stats, std::string_view broker_name,
                         const wskit::BrokerHealth& broker, const Permissions& permissions,
                         const HookStats* hooks,
                         const std::optional<wskit::CertificateInfo>& certificate);
