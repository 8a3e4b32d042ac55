#include "core/client_upgrade.h"

#include <catch2/catch.hpp>

using namespace wskit;
using Progress = ClientUpgrade::Progress;

namespace {

// The example of RFC 6455 section 1.3.
UpgradeOffer sample_offer() {
  UpgradeOffer offer;
  offer.host = "h";
  offer.target = "/";
  offer.key = "dGhlIHNhbXBsZSBub25jZQ==";
  return offer;
}

ClientUpgrade sample() {
  return {sample_offer(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="};
}

const std::string kAnswer =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

}  // namespace

TEST_CASE("ClientUpgrade: an answer in pieces opens, and keeps the frames that came with it") {
  ClientUpgrade upgrade = sample();

  CHECK(upgrade.feed(kAnswer.substr(0, 40)) == Progress::needs_more);
  CHECK(upgrade.feed(kAnswer.substr(40) + "\x81\x01x") == Progress::open);

  CHECK(upgrade.rest() == "\x81\x01x");
  CHECK(upgrade.response().status == 101);
}

TEST_CASE("RFC 6455 9.1: an extension is accepted only if it was offered, and once") {
  const auto progress = [](bool is_offered, const std::string& headers) {
    UpgradeOffer offer = sample_offer();
    offer.offers_compression = is_offered;
    ClientUpgrade upgrade{offer, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="};
    return upgrade.feed(kAnswer.substr(0, kAnswer.size() - 2) + headers + "\r\n");
  };
  const std::string selected = "Sec-WebSocket-Extensions: permessage-deflate\r\n";

  CHECK(progress(true, selected) == Progress::open);
  CHECK(progress(true, "") == Progress::open);
  CHECK(progress(false, selected) == Progress::failed);
  CHECK(progress(true, selected + selected) == Progress::failed);
  CHECK(progress(true, "Sec-WebSocket-Extensions: x\r\n") == Progress::failed);
}

TEST_CASE("ClientUpgrade: a refusal is complete with its body") {
  ClientUpgrade upgrade = sample();

  CHECK(upgrade.feed("HTTP/1.1 401 Unauthorized\r\nContent-Length: 13\r\n\r\ntoken") ==
        Progress::needs_body);
  CHECK(upgrade.feed(" missing") == Progress::failed);

  CHECK(upgrade.error().failure == ConnectFailure::upgrade_refused);
  CHECK(upgrade.error().message == "the server refused the upgrade: 401 Unauthorized");
  CHECK(upgrade.error().response.body == "token missing");
  CHECK(upgrade.error().is_final());
}

TEST_CASE("ClientUpgrade: giving up during the body still tells the refusal") {
  ClientUpgrade upgrade = sample();
  CHECK(upgrade.feed("HTTP/1.1 503 Busy\r\n\r\nlater") == Progress::needs_body);

  upgrade.end(ConnectFailure::timed_out, "late");

  CHECK(upgrade.error().failure == ConnectFailure::upgrade_refused);
  CHECK(upgrade.error().response.body == "later");
  CHECK_FALSE(upgrade.error().is_final());
}

TEST_CASE("ClientUpgrade: a wrong accept value and other protocols are bad upgrades") {
  ClientUpgrade wrong{sample_offer(), "another"};
  ClientUpgrade ssh = sample();

  CHECK(wrong.feed(kAnswer) == Progress::failed);
  CHECK(ssh.feed("SSH-2.0-x\r\n") == Progress::failed);

  CHECK(wrong.error().failure == ConnectFailure::bad_upgrade);
  CHECK(ssh.error().message == "the server does not speak HTTP/1.1");
}

TEST_CASE("RFC 9110 15.2: interim answers come before the answer") {
  ClientUpgrade upgrade = sample();

  CHECK(upgrade.feed("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n") ==
        Progress::needs_more);
  CHECK(upgrade.feed("\r\n" + kAnswer) == Progress::open);
  CHECK(upgrade.head() == kAnswer);
}

TEST_CASE("ClientUpgrade: a reason with control characters is malformed") {
  ClientUpgrade upgrade = sample();

  CHECK(upgrade.feed("HTTP/1.1 404 \x1b[2Jgone\r\n\r\n") == Progress::failed);
  CHECK(upgrade.error().failure == ConnectFailure::bad_upgrade);
}
