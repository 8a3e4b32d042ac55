#include "net/resolver.h"

#include <netdb.h>

#include <cstring>
#include <memory>
#include <utility>

#include <uv.h>

namespace wskit {

struct Resolver::Lookup {
  static void on_done(uv_getaddrinfo_t* request, int status, addrinfo* found);

  uv_getaddrinfo_t request = {};
  Resolver* owner = nullptr;  ///< null once cancelled
  Done done;
};

namespace {

ResolvedName collect(int status, const addrinfo* found) {
  ResolvedName name;
  if (status != 0) {
    name.problem = uv_strerror(status);
    return name;
  }
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    sockaddr_storage address = {};
    std::memcpy(&address, entry->ai_addr, entry->ai_addrlen);
    name.addresses.push_back(address);
  }
  if (name.addresses.empty()) name.problem = "no address";
  return name;
}

addrinfo hints_for(IpVersion version) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  if (version != IpVersion::any) hints.ai_family = version == IpVersion::v4 ? AF_INET : AF_INET6;
  return hints;
}

}  // namespace

void Resolver::Lookup::on_done(uv_getaddrinfo_t* request, int status, addrinfo* found) {
  const std::unique_ptr<Lookup> lookup{static_cast<Lookup*>(request->data)};
  ResolvedName name = collect(status, found);
  uv_freeaddrinfo(found);
  if (lookup->owner == nullptr) return;
  lookup->owner->running_ = nullptr;
  lookup->done(std::move(name));
}

void Resolver::resolve(const std::string& host, const std::string& port, IpVersion version,
                       Done done) {
  cancel();
  running_ = new Lookup;
  running_->request.data = running_;
  running_->owner = this;
  running_->done = std::move(done);
  const addrinfo hints = hints_for(version);
  const int status = uv_getaddrinfo(loop_.uv(), &running_->request, &Lookup::on_done, host.c_str(),
                                    port.c_str(), &hints);
  if (status == 0) return;

  // Over-long or malformed by IDNA rules; still told in a coming turn, as everything is.
  running_->request.data = nullptr;
  loop_.post([lookup = std::shared_ptr<Lookup>{running_}, status] {
    if (lookup->owner == nullptr) return;
    lookup->owner->running_ = nullptr;
    lookup->done(collect(status, nullptr));
  });
}

ResolvedName Resolver::resolve_now(const std::string& host, const std::string& port,
                                   IpVersion version) {
  const addrinfo hints = hints_for(version);
  addrinfo* found = nullptr;
  const int status = getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
  if (status != 0) return {.addresses = {}, .problem = gai_strerror(status)};
  ResolvedName name = collect(0, found);
  freeaddrinfo(found);
  return name;
}

void Resolver::cancel() {
  if (running_ == nullptr) return;
  Lookup* const lookup = std::exchange(running_, nullptr);
  lookup->owner = nullptr;
  // Fails when the lookup has begun; then its answer is thrown away.
  if (lookup->request.data != nullptr) uv_cancel(reinterpret_cast<uv_req_t*>(&lookup->request));
}

}  // namespace wskit
