// The servers that the SRV records of a domain name, for connect_srv(). They are tried in rounds. A round is one
// look-up, which JavaScript makes, followed by one attempt for each server in the order of the answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace libmosquitto {

struct Server {
  std::string hostname;
  int port = 0;
};

class ServerList {
 public:
  // Uses the records of a domain from now on; '' ends that.
  void follow(std::string domain) {
    domain_ = std::move(domain);
    known_ = false;
    restart();
  }
  [[nodiscard]] bool active() const { return !domain_.empty(); }
  [[nodiscard]] const std::string& domain() const { return domain_; }

  // The next attempt begins a new round; no look-up is pending.
  void restart() {
    servers_.clear();
    next_ = 0;
    waiting_ = false;
  }

  // Returns a number that the answer has to name: an answer to an earlier question is ignored.
  int32_t ask() {
    restart();
    waiting_ = true;
    return ++question_;
  }
  void stop_waiting() { waiting_ = false; }
  [[nodiscard]] bool waiting() const { return waiting_; }
  [[nodiscard]] bool waits_for(int32_t question) const { return waiting_ && question == question_; }

  void add(Server server) { servers_.push_back(std::move(server)); }
  [[nodiscard]] bool has_next() const { return next_ < servers_.size(); }
  const Server& take() {
    known_ = true;
    return servers_[next_++];
  }
  // True when a server was taken, in this round or an earlier one.
  [[nodiscard]] bool known() const { return known_; }

 private:
  std::string domain_;
  std::vector<Server> servers_;
  size_t next_ = 0;
  int32_t question_ = 0;
  bool waiting_ = false;
  bool known_ = false;
};

}  // namespace libmosquitto
