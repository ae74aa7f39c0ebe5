// The servers from a domain's SRV records, for connect_srv(). They are tried in rounds. A round is one look-up, which
// JavaScript makes, followed by one attempt for each server in the order of the answer.
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
    pending_ = false;
  }

  // Returns a number that the answer has to name: an answer to an earlier question is ignored.
  int32_t ask() {
    restart();
    pending_ = true;
    return ++question_;
  }
  void cancel_pending() { pending_ = false; }
  [[nodiscard]] bool pending() const { return pending_; }
  [[nodiscard]] bool is_pending(int32_t question) const { return pending_ && question == question_; }

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
  bool pending_ = false;
  bool known_ = false;
};

}  // namespace libmosquitto
