import { check_integer } from '../native/arguments';
import { MOSQ_ERR_INVAL } from '../native/constants';
import { live } from '../native/native-handle';
import { sink_of } from './callbacks';
import { ClientOptions } from './client-options';

export abstract class ClientFlush<T> extends ClientOptions<T> {
  /**
   * Resolves when everything that was published so far is confirmed: acknowledged by the broker (QoS 1 and 2), or
   * written to the socket (QoS 0). Await it before disconnect(), which drops what is not confirmed. Ours; C has none.
   *
   * @param timeout_ms the most milliseconds to wait; without it, which is the default, there is no limit
   * @returns 0; MOSQ_ERR_TIMEOUT when it is not in time; MOSQ_ERR_INVAL at once when no loop runs in the background, or
   *   for a negative time, and when loop_stop() ends the loop meanwhile; MOSQ_ERR_NO_CONN when disconnect() is done, or
   *   destroy() was called, before; MOSQ_ERR_CONN_LOST when the connection broke and a message of QoS 0 was dropped
   */
  flush(timeout_ms?: number): Promise<number> {
    live(this, 'flush');
    if (timeout_ms !== undefined) check_integer(1, 'timeout_ms', timeout_ms);
    if (timeout_ms !== undefined && timeout_ms < 0) return Promise.resolve(MOSQ_ERR_INVAL);
    return sink_of(this).flush(timeout_ms);
  }
}
