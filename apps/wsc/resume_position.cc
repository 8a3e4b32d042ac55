#include "resume_position.h"

#include <cstdint>

#include <re2/re2.h>
#include <nlohmann/json.hpp>

namespace {

std::string member(const nlohmann::json& message, const char* name) {
  const auto found = message.find(name);
  return found != message.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

void ResumePosition::take(std::string_view message) {
  static const RE2 kId{R"(\d+-\d+)"};
  static const RE2 kFirstLine{R"((\d+-\d+)\n)"};
  re2::StringPiece text{message.data(), message.size()};
  if (std::string id; RE2::Consume(&text, kFirstLine, &id)) {
    id_ = id;
    return;
  }
  if (!message.starts_with('{')) return;
  const auto json = nlohmann::json::parse(message, nullptr, false);
  if (!json.is_object()) return;
  std::string id = member(json, "id");
  if (id.empty() && id_.empty()) id = member(json, "cursor");
  if (RE2::FullMatch(id, kId)) id_ = id;
}

std::string ResumePosition::url(const std::string& url) const {
  if (id_.empty()) return url;
  static const RE2 kSince{R"(([?&]since=)[^&#]*)"};
  std::string changed = url.substr(0, url.find('#'));
  if (RE2::Replace(&changed, kSince, R"(\1)" + id_)) return changed;
  return changed + (changed.find('?') == std::string::npos ? "?" : "&") + "since=" + id_;
}

std::optional<std::chrono::milliseconds> reconnect_hint(std::string_view message) {
  if (!message.starts_with('{') || message.find("reconnect") == std::string_view::npos) {
    return std::nullopt;
  }
  const auto json = nlohmann::json::parse(message, nullptr, false);
  if (!json.is_object() || member(json, "type") != "reconnect") return std::nullopt;
  const auto after = json.find("after_ms");
  const bool is_time = after != json.end() && after->is_number_unsigned() && *after <= UINT32_MAX;
  if (!is_time) return std::nullopt;
  return std::chrono::milliseconds{after->get<std::uint32_t>()};
}
