#include "local_addresses.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>
#include <wskit/error.h>

#include "common/split.h"
#include "common/units.h"

namespace {

constexpr std::size_t kMaxAddresses = 65'536;
constexpr std::string_view kTooMany = "is more than 65,536 addresses";

__extension__ using Number = unsigned __int128;

/// An address as a number, of four bytes or of sixteen.
struct Address {
  bool is_v6 = false;
  Number number = 0;

  unsigned bit_count() const { return is_v6 ? 128 : 32; }
  int family() const { return is_v6 ? AF_INET6 : AF_INET; }
};

std::optional<Address> parse_address(const std::string& text) {
  std::array<std::uint8_t, 16> bytes{};
  Address address{.is_v6 = text.find(':') != std::string::npos};
  if (inet_pton(address.family(), text.c_str(), bytes.data()) != 1) return std::nullopt;
  for (std::size_t i = 0; i < address.bit_count() / 8; ++i) {
    address.number = address.number << 8U | bytes[i];
  }
  return address;
}

std::string format_address(Address address) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = address.bit_count() / 8; i > 0; --i, address.number >>= 8U) {
    bytes[i - 1] = static_cast<std::uint8_t>(address.number);
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(address.family(), bytes.data(), text.data(), text.size());
  return text.data();
}

[[noreturn]] void reject(const std::string& value, std::string_view problem) {
  throw wskit::Error{fmt::format("--local-addr: '{}' {}", value, problem)};
}

class AddressList {
 public:
  explicit AddressList(const std::string& target)
      : target_{target}, target_address_{parse_address(target.substr(0, target.find('%')))} {}

  const std::optional<Address>& target() const { return target_address_; }

  void add_range(const std::string& value, Address first, Address last) {
    if (first.is_v6 != last.is_v6) reject(value, "mixes IPv4 and IPv6");
    if (last.number < first.number) reject(value, "ends before it begins");
    if (target_address_ && target_address_->is_v6 != first.is_v6) {
      reject(value, fmt::format("cannot reach {}", target_));
    }
    if (last.number - first.number >= kMaxAddresses) reject(value, kTooMany);
    const auto count = static_cast<std::size_t>(last.number - first.number) + 1;
    for (std::size_t i = 0; i < count; ++i) {
      add(format_address({first.is_v6, first.number + i}));
      if (addresses_.size() > kMaxAddresses) reject(value, "makes more than 65,536 addresses");
    }
  }

  void add(const std::string& address) {
    if (known_.insert(address).second) addresses_.push_back(address);
  }

  std::vector<std::string> take() { return std::move(addresses_); }

 private:
  std::string target_;
  std::optional<Address> target_address_;  ///< empty: it is a name, or not known
  std::vector<std::string> addresses_;
  std::unordered_set<std::string> known_;
};

void add_block(AddressList& list, const std::string& value) {
  const std::size_t slash = value.find('/');
  const auto base = parse_address(value.substr(0, slash));
  const auto prefix = parse_count(std::string_view{value}.substr(slash + 1));
  if (!base || !prefix || *prefix > base->bit_count()) reject(value, "is no CIDR block");
  const std::size_t host_bits = base->bit_count() - *prefix;
  if (host_bits > 16) reject(value, kTooMany);
  const Number host_mask = (Number{1} << host_bits) - 1;
  Address first{base->is_v6, base->number & ~host_mask};
  Address last{base->is_v6, base->number | host_mask};
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

/// An interface's address, unless only this machine or its own wire knows it.
std::optional<std::string> outward_address(const ifaddrs& entry, int family) {
  const bool is_up = (entry.ifa_flags & IFF_UP) != 0 && (entry.ifa_flags & IFF_LOOPBACK) == 0;
  if (!is_up || entry.ifa_addr == nullptr || entry.ifa_addr->sa_family != family) {
    return std::nullopt;
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (family == AF_INET) {
    const auto& address = reinterpret_cast<const sockaddr_in*>(entry.ifa_addr)->sin_addr;
    const bool is_link_local = ntohl(address.s_addr) >> 16U == 0xa9fe;
    if (is_link_local) return std::nullopt;
    return inet_ntop(family, &address, text.data(), text.size());
  }
  const auto& address = reinterpret_cast<const sockaddr_in6*>(entry.ifa_addr)->sin6_addr;
  if (IN6_IS_ADDR_LINKLOCAL(&address)) return std::nullopt;
  return inet_ntop(family, &address, text.data(), text.size());
}

void add_interfaces(AddressList& list, int family) {
  ifaddrs* all = nullptr;
  if (getifaddrs(&all) != 0) return;
  for (const ifaddrs* entry = all; entry != nullptr; entry = entry->ifa_next) {
    if (const auto address = outward_address(*entry, family)) list.add(*address);
  }
  freeifaddrs(all);
}

void add_all_needed(AddressList& list, std::size_t connection_count) {
  const auto& target = list.target();
  if (!target) reject("auto", "needs a server with an address");
  const bool is_v4_loopback = !target->is_v6 && target->number >> 24U == 127;
  const bool is_v6_loopback = target->is_v6 && target->number == 1;
  if (is_v6_loopback) return list.add_range("auto", *target, *target);
  if (!is_v4_loopback) return add_interfaces(list, target->family());
  const std::size_t more =
      connection_count == 0 ? 0 : (connection_count - 1) / kConnectionsPerAddress;
  list.add_range("auto", {false, 0x7f000001}, {false, Number{0x7f000001} + more});
}

}  // namespace

std::vector<std::string> parse_local_addresses(const std::vector<std::string>& values,
                                               const std::string& target_address,
                                               std::size_t connection_count) {
  AddressList list{target_address};
  for (const std::string& value : values) {
    for (const std::string& part : split_at_commas(value)) {
      if (part == "auto") {
        add_all_needed(list, connection_count);
      } else {
        add_value(list, part);
      }
    }
  }
  return list.take();
}
