#pragma once

#include <memory>
#include <optional>
#include <string>

#include <wskit/client_settings.h>

#include "core/client_route.h"
#include "core/client_url.h"
#include "net/stream.h"
#include "net/tls.h"

namespace wskit {

inline constexpr const char* kMalformedUrl = "the URL is malformed";

struct ClientSettings::Impl {
  explicit Impl(ClientOptions client_options);

  /// Where to dial for a URL.
  StreamTarget target_for(const ClientUrl& wanted) const;

  const ClientOptions options;
  const ClientRoutes routes;
  const std::optional<ClientUrl> url;           ///< empty: malformed
  std::unique_ptr<const TlsClientContext> tls;  ///< null: neither the URL nor the proxy has it
  std::string certificate_problem;              ///< unless empty, why there is no `tls`
  std::shared_ptr<const StreamTarget> target;   ///< for `url`
};

}  // namespace wskit
