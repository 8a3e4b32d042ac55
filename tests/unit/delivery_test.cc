#include "core/delivery.h"

#include <random>

#include <catch2/catch.hpp>

using namespace wskit;

namespace {

SharedMessage message_to(const std::string& channel, const Message& message) {
  return std::make_shared<const ChannelMessage>(ChannelMessage{channel, message});
}

std::string plain(const Delivery& delivery) {
  return *encode(delivery.messages, Encoding::plain);
}

std::string frames(std::initializer_list<const char*> texts) {
  std::string bytes;
  for (const char* text : texts) bytes += *Message::text(text).frame();
  return bytes;
}

}  // namespace

TEST_CASE("DeliveryBatch: a single message is not copied") {
  DeliveryBatch batch;
  const Message message = Message::text("hello");
  CHECK(batch.is_empty());
  batch.add(message_to("a", message));
  CHECK_FALSE(batch.is_empty());

  const auto deliveries = batch.take();

  REQUIRE(deliveries.size() == 1);
  const QueuedFrames frames = EncodedDelivery{deliveries[0], {4, 2}, {}}.frames(Encoding::plain);
  CHECK(frames.bytes.get() == message.frame().get());
  CHECK(frames.run->channel == "a");
  CHECK(frames.run->after == MessageId{4, 2});
  CHECK(frames.run->message_count == 1);
  CHECK(deliveries[0].messages.size() == 1);
  CHECK(batch.is_empty());
  CHECK(batch.take().empty());
}

TEST_CASE("DeliveryBatch: merges neighbours of a channel and keeps the order across channels") {
  DeliveryBatch batch;
  for (const auto& [channel, text] : {std::pair{"a", "1"},
                                      {"a", "2"},
                                      {"b", "3"},
                                      {"a", "4"},
                                      {"b", "5"},
                                      {"b", "6"},
                                      {"b", "7"}}) {
    batch.add(message_to(channel, Message::text(text)));
  }

  const auto deliveries = batch.take();

  REQUIRE(deliveries.size() == 4);
  CHECK(deliveries[0].channel() == "a");
  CHECK(plain(deliveries[0]) == frames({"1", "2"}));
  CHECK(deliveries[0].messages.size() == 2);
  CHECK(deliveries[1].channel() == "b");
  CHECK(plain(deliveries[1]) == frames({"3"}));
  CHECK(plain(deliveries[2]) == frames({"4"}));
  CHECK(plain(deliveries[3]) == frames({"5", "6", "7"}));
  CHECK(deliveries[3].messages.size() == 3);
}

TEST_CASE("DeliveryBatch: begins anew after take") {
  DeliveryBatch batch;
  batch.add(message_to("a", Message::text("1")));
  batch.add(message_to("a", Message::text("2")));
  CHECK(batch.take().size() == 1);

  batch.add(message_to("a", Message::text("3")));

  const auto deliveries = batch.take();
  REQUIRE(deliveries.size() == 1);
  CHECK(plain(deliveries[0]) == frames({"3"}));
}

TEST_CASE("DeliveryBatch: a block holds at most 256 KiB, unless one message is larger") {
  DeliveryBatch batch;
  constexpr std::size_t kMaxBlockBytes = 256 * 1024;
  const std::string large(300 * 1024, 'x');
  batch.add(message_to("a", Message::binary(large)));
  for (int i = 0; i < 100; ++i)
    batch.add(message_to("a", Message::binary(std::string(10000, 'y'))));

  const auto deliveries = batch.take();

  CHECK(deliveries.front().messages.size() == 1);
  CHECK(deliveries.size() == 1 + 4);
  std::size_t message_count = 0;
  for (const Delivery& delivery : deliveries) {
    message_count += delivery.messages.size();
    CHECK((delivery.messages.size() == 1 || plain(delivery).size() <= kMaxBlockBytes));
  }
  CHECK(message_count == 101);
}

TEST_CASE("DeliveryBatch: random messages come out in each channel's order, none lost") {
  std::mt19937 random{3};
  for (int round = 0; round < 50; ++round) {
    DeliveryBatch batch;
    std::string added, delivered;
    for (int i = 0; i < 60; ++i) {
      const std::string channel(1, static_cast<char>('a' + random() % 3));
      const Message message = Message::text(std::to_string(i));
      batch.add(message_to(channel, message));
      added += channel + *message.frame();
    }
    for (const Delivery& delivery : batch.take()) {
      const std::string bytes = plain(delivery);
      std::string_view rest = bytes;
      for (; !rest.empty(); rest.remove_prefix(2 + static_cast<std::size_t>(rest[1]))) {
        delivered += delivery.channel();
        delivered += rest.substr(0, 2 + static_cast<std::size_t>(rest[1]));
      }
    }
    CHECK(delivered == added);
  }
}
