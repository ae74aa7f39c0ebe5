import { binding } from './binding';
import { MosquittoError } from './errors';

/**
 * Whether a topic matches a subscription's filter: mosquitto_topic_matches_sub().
 *
 * @param sub a filter, in which `+` stands for one level and a last `#` for any number of levels
 * @param topic a topic, without wildcards
 * @throws MosquittoError MOSQ_ERR_INVAL and others when the filter or the topic is not valid
 * @throws TypeError when an argument is not a string, or has a NUL or a lone surrogate
 */
export function topic_matches_sub(sub: string, topic: string): boolean {
  const result = binding.topic_matches_sub(sub, topic);
  if (result >= 0) return result !== 0;
  throw new MosquittoError(-result, `topic_matches_sub('${sub}', '${topic}'): ${binding.strerror(-result)}`);
}
