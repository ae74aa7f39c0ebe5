import { check_integer } from '../native/arguments';
import { MOSQ_ERR_INVAL } from '../native/constants';
import { live } from '../native/native-handle';
import { sink_of } from './callbacks';
import { ClientOptions } from './client-options';

/** Adds flush() to the options of a client. */
export abstract class ClientFlush<T> extends ClientOptions<T> {
  /**
   * Resolves when all earlier publications are confirmed: acknowledged by the broker (QoS 1 and 2), or written to the
   * socket (QoS 0). Await it before disconnect(), which may drop unconfirmed messages. C has no such function.
   *
   * @param timeout_ms the time limit in milliseconds; undefined, the default, for none
   * @returns 0 when they are confirmed; MOSQ_ERR_TIMEOUT at the time limit; MOSQ_ERR_INVAL at once when no loop runs in the
   *   background, or for a negative time, and when loop_stop() ends the loop meanwhile; MOSQ_ERR_NO_CONN when disconnect()
   *   completes, or destroy() is called, meanwhile; MOSQ_ERR_CONN_LOST when the connection broke and a message of QoS 0 was
   *   dropped
   */
  flush(timeout_ms?: number): Promise<number> {
    live(this, 'flush');
    if (timeout_ms !== undefined) check_integer(1, 'timeout_ms', timeout_ms);
    if (timeout_ms !== undefined && timeout_ms < 0) return Promise.resolve(MOSQ_ERR_INVAL);
    return sink_of(this).flush(timeout_ms);
  }
}
