// The functions of libcommon_topic.h: they check topics and filters, match and split them.
#include <optional>

#include "convert/binder.h"
#include "convert/errors.h"
#include "helpers.h"
#include "mosquitto_setup.h"
#include "unique_owner.h"

namespace libmosquitto {
namespace {

constexpr const char* kSub[] = {"sub"};
constexpr const char* kTopic[] = {"topic"};
constexpr const char* kSubTopic[] = {"sub", "topic"};
constexpr const char* kSubTopicPattern[] = {"sub", "topic", "client_id", "username"};
constexpr const char* kAclSub[] = {"acl", "sub"};
constexpr const char* kAclSubPattern[] = {"acl", "sub", "client_id", "username"};

using OptionalText = std::optional<Text>;

// The functions that match return 1 for a match, 0 for none, or -MOSQ_ERR_*.
int verdict(int rc, bool matches) {
  if (rc != MOSQ_ERR_SUCCESS) return -rc;
  return matches ? 1 : 0;
}

int topic_matches_sub(const Text& sub, const Text& topic) {
  bool matches = false;
  const int rc = mosquitto_topic_matches_sub(sub.c_str(), topic.c_str(), &matches);
  return verdict(rc, matches);
}

const char* c_string(const OptionalText& text) { return text ? text->c_str() : nullptr; }

int topic_matches_sub_with_pattern(const Text& sub, const Text& topic, const OptionalText& client_id,
                                   const OptionalText& username) {
  bool matches = false;
  const int rc = mosquitto_topic_matches_sub_with_pattern(sub.c_str(), topic.c_str(), c_string(client_id),
                                                          c_string(username), &matches);
  return verdict(rc, matches);
}

int sub_matches_acl(const Text& acl, const Text& sub) {
  bool matches = false;
  const int rc = mosquitto_sub_matches_acl(acl.c_str(), sub.c_str(), &matches);
  return verdict(rc, matches);
}

int sub_matches_acl_with_pattern(const Text& acl, const Text& sub, const OptionalText& client_id,
                                 const OptionalText& username) {
  bool matches = false;
  const int rc = mosquitto_sub_matches_acl_with_pattern(acl.c_str(), sub.c_str(), c_string(client_id),
                                                        c_string(username), &matches);
  return verdict(rc, matches);
}

// 2.0 accepts an empty topic, which no packet may have.
int sub_topic_check(const Text& sub) {
  return sub.empty() ? MOSQ_ERR_INVAL : mosquitto_sub_topic_check2(sub.data(), sub.size());
}

int pub_topic_check(const Text& topic) {
  return topic.empty() ? MOSQ_ERR_INVAL : mosquitto_pub_topic_check2(topic.data(), topic.size());
}

// Owns the levels of a topic, in the library's memory.
class Levels {
 public:
  Levels() = default;
  Levels(const Levels&) = delete;
  Levels& operator=(const Levels&) = delete;
  ~Levels() { mosquitto_sub_topic_tokens_free(&levels_, count_); }

  int tokenise(const Text& sub) { return mosquitto_sub_topic_tokenise(sub.c_str(), &levels_, &count_); }

  [[nodiscard]] Napi::Value to_js(const Napi::Env& env) const {
    const Napi::Array array = Napi::Array::New(env, count_);
    for (int i = 0; i < count_; i++) {
      const char* level = levels_[i];
      array.Set(static_cast<uint32_t>(i), level == nullptr ? env.Null() : Napi::String::New(env, level));
    }
    return array;
  }

 private:
  char** levels_ = nullptr;
  int count_ = 0;
};
static_assert(kIsUniqueOwner<Levels>);

Napi::Value sub_topic_tokenise(const Napi::CallbackInfo& info) {
  Levels levels;
  const int rc = levels.tokenise(to_text(info[0], {1, *kSub}));
  if (rc != MOSQ_ERR_SUCCESS) throw mosquitto_error(info.Env(), rc, "sub_topic_tokenise");
  return levels.to_js(info.Env());
}

}  // namespace

void export_topic_helpers(const Napi::Env& env, Napi::Object& exports) {
  exports.Set("topic_matches_sub", bind_function<topic_matches_sub>(env, "topic_matches_sub", kSubTopic));
  exports.Set("topic_matches_sub_with_pattern",
              bind_function<topic_matches_sub_with_pattern>(env, "topic_matches_sub_with_pattern", kSubTopicPattern));
  exports.Set("sub_matches_acl", bind_function<sub_matches_acl>(env, "sub_matches_acl", kAclSub));
  exports.Set("sub_matches_acl_with_pattern",
              bind_function<sub_matches_acl_with_pattern>(env, "sub_matches_acl_with_pattern", kAclSubPattern));
  exports.Set("sub_topic_check", bind_function<sub_topic_check>(env, "sub_topic_check", kSub));
  exports.Set("pub_topic_check", bind_function<pub_topic_check>(env, "pub_topic_check", kTopic));
  exports.Set("sub_topic_tokenise", Napi::Function::New<sub_topic_tokenise>(env, "sub_topic_tokenise"));
}

}  // namespace libmosquitto
