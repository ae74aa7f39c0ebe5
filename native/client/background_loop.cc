#include "client/background_loop.h"

#include <mutex>
#include <utility>

#include "client/client_owner.h"
#include "driver/link.h"
#include "driver/loop_host.h"

namespace libmosquitto {

void BackgroundLoop::open(LoopHost& host, bool delivers, Until until) {
  link_ = std::make_shared<Link>(host, driven_, delivers);
  delivers_ = delivers;
  {
    const std::lock_guard lock(session_.mutex());
    if (until == Until::kDone) {
      phase_.start_forever();
    } else {
      phase_.start();
    }
  }
  session_.owner().loop_started();
  host.run([this] { link_->open(); });
}

void BackgroundLoop::stop_when_done() {
  const std::lock_guard lock(session_.mutex());
  phase_.stop_when_done();
}

void BackgroundLoop::close(bool run_once) {
  const std::shared_ptr<Link> link = std::move(link_);
  link_.reset();
  link->host().run([&link, run_once] {
    if (run_once) link->run_on_loop();
    link->close();
    link->host().forget(*link);
  });
}

void BackgroundLoop::end() {
  if (phase_.forever()) session_.record(loop_end_record(phase_.done() ? done_rc_ : 0));
  phase_.close();
}

void BackgroundLoop::suspend() {
  link_->host().run([this] { link_->suspend(); });
}

void BackgroundLoop::resume() {
  link_->host().run([this] { link_->resume(); });
}

void BackgroundLoop::go_ahead() {
  link_->host().post([link = link_] { link->go_ahead(); });
}

void BackgroundLoop::looked_up(std::string failure) {
  link_->host().post([link = link_, text = std::move(failure)] { link->looked_up(text); });
}

void BackgroundLoop::wake() { link_->wake(); }

void BackgroundLoop::wake_anyhow() { link_->host().wake(*link_); }

bool BackgroundLoop::looks_again() const { return link_->looks_again(); }

void BackgroundLoop::finish(int rc) {
  phase_.finish();
  done_rc_ = rc;
}

}  // namespace libmosquitto
