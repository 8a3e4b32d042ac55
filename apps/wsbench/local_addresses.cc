#include "local_addresses.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include <fmt/format.h>
#include <wskit/error.h>

#include "common/units.h"

namespace {

constexpr std::size_t kMaxAddresses = 65'536;

__extension__ using Number = unsigned __int128;

/// An address as a number, of four bytes or of sixteen.
struct Address {
  bool is_v6 = false;
  Number number = 0;
};

std::optional<Address> parse_address(const std::string& text) {
  std::array<std::uint8_t, 16> bytes{};
  const bool is_v6 = text.find(':') != std::string::npos;
  if (inet_pton(is_v6 ? AF_INET6 : AF_INET, text.c_str(), bytes.data()) != 1) return std::nullopt;
  Address address{is_v6, 0};
  for (std::size_t i = 0; i < (is_v6 ? 16U : 4U); ++i) {
    address.number = address.number << 8U | bytes[i];
  }
  return address;
}

std::string format_address(Address address) {
  const std::size_t size = address.is_v6 ? 16 : 4;
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < size; ++i) {
    bytes[size - 1 - i] = static_cast<std::uint8_t>(address.number >> (8 * i));
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(address.is_v6 ? AF_INET6 : AF_INET, bytes.data(), text.data(), text.size());
  return text.data();
}

[[noreturn]] void reject(const std::string& value, const char* problem) {
  throw wskit::Error{fmt::format("--local-addr: '{}' {}", value, problem)};
}

class AddressList {
 public:
  explicit AddressList(const std::string& target) : target_{target} {
    const auto address = parse_address(target);
    if (address) is_v6_ = address->is_v6;
  }

  void add_range(const std::string& value, Address first, Address last) {
    if (first.is_v6 != last.is_v6 || last.number < first.number)
      reject(value, "ends before it begins");
    if (is_v6_ && *is_v6_ != first.is_v6) {
      reject(value, fmt::format("cannot reach {}", target_).c_str());
    }
    if (last.number - first.number >= kMaxAddresses) reject(value, "is more than 65,536 addresses");
    for (; first.number <= last.number; ++first.number) add(format_address(first));
    if (addresses_.size() > kMaxAddresses) reject(value, "makes more than 65,536 addresses");
  }

  void add(std::string address) {
    if (std::ranges::find(addresses_, address) == addresses_.end()) {
      addresses_.push_back(std::move(address));
    }
  }

  std::vector<std::string> take() { return std::move(addresses_); }

 private:
  std::string target_;
  std::optional<bool> is_v6_;  ///< of the target; empty: it has no address
  std::vector<std::string> addresses_;
};

void add_block(AddressList& list, const std::string& value) {
  const std::size_t slash = value.find('/');
  const auto base = parse_address(value.substr(0, slash));
  const auto prefix = parse_count(std::string_view{value}.substr(slash + 1));
  if (!base || !prefix || *prefix > (base->is_v6 ? 128U : 32U)) reject(value, "is no CIDR block");
  const std::size_t host_bits = (base->is_v6 ? 128 : 32) - *prefix;
  if (host_bits > 16) reject(value, "is more than 65,536 addresses");
  const Number hosts = Number{1} << host_bits;
  Address first{base->is_v6, base->number & ~(hosts - 1)};
  Address last{base->is_v6, first.number + hosts - 1};
  // The network's own address and the broadcast's cannot be sent from.
  if (!base->is_v6 && host_bits > 1) {
    ++first.number;
    --last.number;
  }
  list.add_range(value, first, last);
}

void add_value(AddressList& list, const std::string& value) {
  if (value.find('/') != std::string::npos) return add_block(list, value);
  const std::size_t dash = value.find('-');
  const std::string first = value.substr(0, dash);
  std::string last = dash == std::string::npos ? first : value.substr(dash + 1);
  const bool is_last_byte = last.find_first_of(".:") == std::string::npos;
  if (is_last_byte) last = first.substr(0, first.rfind('.') + 1) + last;
  const auto begin = parse_address(first);
  const auto end = parse_address(last);
  if (!begin || !end) reject(value, "is no address, range or CIDR block");
  list.add_range(value, *begin, *end);
}

/// Those of this machine by which it can reach others.
void add_interfaces(AddressList& list, bool is_v6) {
  ifaddrs* all = nullptr;
  if (getifaddrs(&all) != 0) return;
  for (const ifaddrs* entry = all; entry != nullptr; entry = entry->ifa_next) {
    const bool is_up = (entry->ifa_flags & IFF_UP) != 0 && (entry->ifa_flags & IFF_LOOPBACK) == 0;
    if (!is_up || entry->ifa_addr == nullptr) continue;
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (entry->ifa_addr->sa_family == AF_INET && !is_v6) {
      const auto* const address = reinterpret_cast<const sockaddr_in*>(entry->ifa_addr);
      list.add(inet_ntop(AF_INET, &address->sin_addr, text.data(), text.size()));
    } else if (entry->ifa_addr->sa_family == AF_INET6 && is_v6) {
      const auto* const address = reinterpret_cast<const sockaddr_in6*>(entry->ifa_addr);
      if (IN6_IS_ADDR_LINKLOCAL(&address->sin6_addr)) continue;
      list.add(inet_ntop(AF_INET6, &address->sin6_addr, text.data(), text.size()));
    }
  }
  freeifaddrs(all);
}

void add_all_needed(AddressList& list, const std::string& target, std::size_t connection_count) {
  const auto address = parse_address(target);
  if (!address) reject("auto", "needs a server with an address");
  const bool is_loopback = !address->is_v6 && address->number >> 24U == 127;
  if (!is_loopback) return add_interfaces(list, address->is_v6);
  const std::size_t count = std::max<std::size_t>(
      1, (connection_count + kConnectionsPerAddress - 1) / kConnectionsPerAddress);
  const Address first{false, 0x7f000001};
  list.add_range("auto", first, {false, first.number + count - 1});
}

}  // namespace

std::vector<std::string> parse_local_addresses(const std::vector<std::string>& values,
                                               const std::string& target,
                                               std::size_t connection_count) {
  AddressList list{target};
  for (const std::string& value : values) {
    for (std::size_t begin = 0; begin <= value.size();) {
      const std::size_t end = std::min(value.find(',', begin), value.size());
      const std::string part = value.substr(begin, end - begin);
      begin = end + 1;
      if (part == "auto") {
        add_all_needed(list, target, connection_count);
      } else {
        add_value(list, part);
      }
    }
  }
  return list.take();
}
