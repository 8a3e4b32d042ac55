#include "redis/connection.h"

#include <utility>

#include "core/check.h"
#include "crypto/random.h"

namespace wskit {
namespace {

constexpr std::chrono::milliseconds kFirstDelay{100};
constexpr std::chrono::milliseconds kMaxDelay{2000};

/// A connection that lasted so long was a good one.
constexpr std::chrono::seconds kStableTime{2};

/// From the first packet to the answered AUTH.
constexpr std::chrono::milliseconds kConnectTimeout{5000};

/// Redis does nothing else meanwhile.
constexpr std::size_t kMaxTransaction = 128;

}  // namespace

RedisConnection::RedisConnection(Loop& loop, const RedisTarget& target, RedisEvents& events)
    : loop_{loop},
      target_{target},
      locator_{loop, target},
      events_{events},
      backoff_{kFirstDelay, kMaxDelay},
      timer_{loop},
      turn_end_{loop.on_turn_end([this] { end_turn(); })} {}

RedisConnection::~RedisConnection() = default;

void RedisConnection::start() {
  connect();
}

void RedisConnection::connect() {
  is_asking_ = asked_.has_value();
  if (asked_) return dial(*std::exchange(asked_, std::nullopt));
  locator_.locate([this](const std::optional<RedisAddress>& address, const std::string& reason) {
    if (address) return dial(*address);
    lose("no server was found: " + reason);
  });
}

void RedisConnection::dial(const RedisAddress& address) {
  reader_ = std::make_unique<ReplyReader>();
  StreamEvents& events = *this;
  stream_ = std::make_unique<Stream>(loop_, target_.stream_target(address), events);
  timer_.start(kConnectTimeout, [this] { restart("no answer"); });
  stream_->connect();
}

void RedisConnection::on_connected() {
  log_in();
}

void RedisConnection::log_in() {
  // PING comes last: Redis answers in order, so its answer says that all before it was accepted.
  const auto check = [this](std::string_view what) -> Done {
    return [this, what](std::optional<RedisReply> reply) {
      if (reply && reply->is_error()) restart(std::string(what));
    };
  };
  if (!target_.user.empty()) {
    command({"AUTH", target_.user, target_.password}, check("the credentials were refused"));
  } else if (!target_.password.empty()) {
    command({"AUTH", target_.password}, check("the credentials were refused"));
  }
  if (!target_.database.empty()) {
    command({"SELECT", target_.database}, check("the database was refused"));
  }
  if (target_.topology == RedisTopology::sentinel) {
    command({"ROLE"}, [this](const std::optional<RedisReply>& reply) {
      if (!reply || reply->is_error()) return;  // who may not ask has to trust the Sentinel
      const bool is_master = !reply->elements.empty() && reply->elements[0].text == "master";
      if (!is_master) restart("the server is no master");
    });
  }
  command({"PING"}, [this](std::optional<RedisReply> reply) {
    if (!reply) return;
    if (reply->is_error()) return restart("PING was refused (" + error_word(*reply) + ")");
    timer_.stop();
    is_ready_ = true;
    ready_since_ = loop_.now();
    events_.on_redis_ready();
  });
}

void RedisConnection::command(std::span<const std::string_view> words, Done done) {
  if (is_asking_) {
    waiting_.emplace_back([](const std::optional<RedisReply>&) {});
    send({"ASKING"});
  }
  waiting_.push_back(std::move(done));
  send(words);
}

void RedisConnection::send(std::span<const std::string_view> words) {
  WSKIT_CHECK(stream_ != nullptr);
  append_command(out_, words);
}

void RedisConnection::transact(std::span<const std::string_view> words, Done done) {
  // A transaction cannot be asked of the node that a slot is on its way to.
  if (is_asking_) return command(words, std::move(done));
  transaction_.add(words, std::move(done));
  if (transaction_.size() == kMaxTransaction) transaction_.move_to(out_, waiting_);
}

void RedisConnection::end_turn() {
  transaction_.move_to(out_, waiting_);
  if (out_.empty()) return;
  static_cast<void>(stream_->write(out_));
  out_.clear();
}

std::size_t RedisConnection::queued_bytes() const {
  return out_.size() + transaction_.bytes() + (stream_ == nullptr ? 0 : stream_->queued_bytes());
}

void RedisConnection::on_data(std::span<char> bytes) {
  reader_->feed({bytes.data(), bytes.size()});
  // A reply may end this connection: its reader is then another one.
  const ReplyReader* const reader = reader_.get();
  while (reader_.get() == reader) {
    auto next = reader_->next();
    if (std::holds_alternative<ReplyReader::NeedMore>(next)) return;
    if (std::holds_alternative<ReplyReader::Malformed>(next)) {
      return restart("the answer is not of the Redis protocol");
    }
    take(std::get<RedisReply>(std::move(next)));
  }
}

void RedisConnection::take(RedisReply reply) {
  if (waiting_.empty()) return events_.on_redis_push(std::move(reply));
  const Done done = std::move(waiting_.front());
  waiting_.pop_front();
  // Who named one server of a cluster knows how to go on.
  const bool is_elsewhere = target_.topology == RedisTopology::cluster && reply.is_error() &&
                            (reply.text.starts_with("MOVED ") || reply.text.starts_with("ASK "));
  const RedisReply error = is_elsewhere ? reply : RedisReply{};
  done(std::move(reply));
  if (is_elsewhere) follow(error);
}

void RedisConnection::follow(const RedisReply& error) {
  // "ASK 3999 127.0.0.1:6381": the slot is on its way there.
  const std::string_view text = error.text;
  const auto place = text.substr(text.rfind(' ') + 1);
  const auto colon = place.rfind(':');
  if (text.starts_with("ASK ") && colon != std::string_view::npos && colon > 0) {
    asked_ =
        RedisAddress{std::string(place.substr(0, colon)), std::string(place.substr(colon + 1))};
  }
  restart("the key is on another node");
}

void RedisConnection::on_closed(const StreamError& error) {
  lose(error.message);
}

void RedisConnection::restart(const std::string& reason) {
  if (stream_ == nullptr) return;
  stream_->close();
  lose(reason);
}

void RedisConnection::lose(const std::string& reason) {
  // One that is lost at once, again and again, must not be tried without a pause.
  if (is_ready_ && loop_.now() - ready_since_ >= kStableTime) backoff_.reset();
  is_ready_ = false;
  stream_ = nullptr;
  reader_ = nullptr;
  transaction_.move_to(out_, waiting_);
  out_.clear();
  timer_.start(backoff_.next(random_unit()), [this] { connect(); });
  for (const Done& done : std::exchange(waiting_, {})) done(std::nullopt);
  events_.on_redis_lost(reason);
}

}  // namespace wskit
