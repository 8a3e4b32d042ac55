#include "wsd/publish_data.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <wskit/base64.h>
#include <wskit/error.h>

#include "common/printable.h"

namespace {

using nlohmann::json;

/// Far over what any wsd takes; a device that never ends must not fill the memory.
constexpr std::size_t kMaxDataBytes = 256 * 1024 * 1024;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

std::string read_all(std::FILE* input, const std::string& name) {
  std::string data;
  char part[64 * 1024];
  while (const std::size_t size = std::fread(part, 1, sizeof part, input)) {
    data.append(part, size);
    if (data.size() > kMaxDataBytes) throw wskit::Error(name + ": over 256 MiB");
  }
  if (std::ferror(input) != 0) throw wskit::Error(name + ": " + std::strerror(errno));
  return data;
}

void check_utf8(const std::string& value, std::string_view name) {
  if (!is_valid_utf8(value)) throw wskit::Error(fmt::format("{} is not UTF-8", name));
}

}  // namespace

std::string read_publish_data(const std::string& file, DataKind kind) {
  std::string data;
  if (file.empty()) {
    data = read_all(stdin, "standard input");
  } else {
    const std::unique_ptr<std::FILE, CloseFile> input{std::fopen(file.c_str(), "rbe")};
    if (!input) throw wskit::Error(file + ": " + std::strerror(errno));
    data = read_all(input.get(), file);
  }
  if (kind == DataKind::text && data.ends_with('\n')) {
    data.pop_back();
    if (data.ends_with('\r')) data.pop_back();
  }
  return data;
}

void check_publish_data(const PublishCommand& publish) {
  check_utf8(publish.user, "--user");
  check_utf8(publish.channel, "--channel");
  check_utf8(publish.idempotency_key, "--idempotency-key");
  if (publish.kind == DataKind::text && !is_valid_utf8(publish.data)) {
    throw wskit::Error("the data is not UTF-8: --binary sends any bytes");
  }
  if (publish.kind != DataKind::json) return;
  try {
    const json parsed = json::parse(publish.data);
  } catch (const json::parse_error& error) {
    throw wskit::Error(fmt::format("the data is not JSON, at byte {}", error.byte));
  } catch (const json::exception&) {
    throw wskit::Error("the data is not JSON");
  }
}

std::string publish_body(const PublishCommand& publish) {
  json members = json::object();
  if (publish.to_all) members["all"] = true;
  if (!publish.user.empty()) members["user"] = publish.user;
  if (!publish.channel.empty()) members["channel"] = publish.channel;
  if (!publish.idempotency_key.empty()) members["idempotency_key"] = publish.idempotency_key;
  if (publish.kind == DataKind::text) members["text"] = publish.data;
  if (publish.kind == DataKind::binary) members["base64"] = wskit::base64_encode(publish.data);
  std::string body = members.dump();
  if (publish.kind != DataKind::json) return body;
  body.pop_back();
  return body + ",\"data\":" + publish.data + "}";
}
