// The methods that drive a client: loops in the background, loop(), and its parts for a program that polls the socket itself.

import { check_boolean, check_integer, check_object } from '../native/arguments';
import type { NativeClient } from '../native/binding';
import { live } from '../native/native-handle';
import { sink_of } from './callbacks';
import { ClientState } from './client-state';

/** Returns the native object for a method that drives the client. */
function driving<T>(client: ClientLoop<T>, member: string): NativeClient {
  sink_of(client).driven = true;
  return live(client, member);
}

/** Adds the methods that move network traffic to the state and the options of a client. */
export abstract class ClientLoop<T> extends ClientState<T> {
  /**
   * Reads, delivers and writes once, and runs the callbacks before it returns. Blocks the JavaScript thread. A program calls
   * it repeatedly. Messages are acknowledged after their callbacks have returned. mosquitto_loop().
   *
   * @param timeout the longest time to block until there is traffic, in milliseconds; 0 returns at once, a negative value is
   *   one second; -1 by default
   * @param max_packets exists for compatibility with C, 1 by default: as in C it does not bound the call. A call reads for
   *   half a millisecond, or 64 KiB of messages, and then the rest of a buffer of 32 KiB.
   * @returns a value other than 0 means a failure, and that the connection is closed: reconnect() opens it again.
   *   MOSQ_ERR_NO_CONN without a connection; MOSQ_ERR_INVAL while loop_start() runs, or inside a callback.
   * @throws the error that a callback threw; an AggregateError when several did
   */
  loop(timeout = -1, max_packets = 1): number {
    return sink_of(this).returning(driving(this, 'loop').loop(timeout, max_packets));
  }

  /**
   * Drives the client in the background until disconnect() and loop_stop(): connects, reconnects after a loss with the
   * delays of reconnect_delay_set(), and calls the callbacks on Node's event loop. It may be called before and after
   * connect() and connect_async(). It keeps the process alive, see unref(). mosquitto_loop_start().
   *
   * After connect_async() the attempt to connect begins when this turn of the event loop ends: synchronous work in the
   * same turn delays it. With a connection of connect() the network thread continues at once.
   *
   * @param options thread: true, the default, drives the socket on the network thread, which all clients share: the
   *   connection stays alive while JavaScript is busy. false drives it on Node's event loop.
   * @returns MOSQ_ERR_INVAL when a loop already runs
   */
  loop_start(options: { thread?: boolean | undefined } = {}): number {
    const native = driving(this, 'loop_start');
    check_object(1, 'options', options);
    const { thread = true } = options;
    check_boolean(1, 'options.thread', thread);
    return native.loop_start(thread);
  }

  /**
   * Stops the loop of loop_start(). Directly after disconnect(), on_disconnect(0) still follows. mosquitto_loop_stop().
   *
   * @param force true stops at once, even before a disconnect() is complete, whose on_disconnect then may not come; false
   *   by default
   * @returns MOSQ_ERR_INVAL when no loop runs
   */
  loop_stop(force = false): number {
    return live(this, 'loop_stop').loop_stop(force);
  }

  /**
   * Drives the client as loop_start({ thread: false }) does, and returns a promise, which resolves after the last callback.
   * The promise resolves with 0 when disconnect() is complete or after loop_stop(), and with MOSQ_ERR_NO_CONN after
   * destroy(). It resolves at once with MOSQ_ERR_NO_CONN before any call that connects, and with MOSQ_ERR_INVAL while another
   * loop runs. mosquitto_loop_forever().
   *
   * @param timeout exists for compatibility with C and has no effect; -1 by default
   * @param max_packets exists for compatibility with C and has no effect; 1 by default
   */
  loop_forever(timeout = -1, max_packets = 1): Promise<number> {
    const native = driving(this, 'loop_forever');
    check_integer(1, 'timeout', timeout);
    check_integer(2, 'max_packets', max_packets);
    return sink_of(this).until_loop_end(() => native.loop_forever());
  }

  // ---------------------------------------------------------------- network traffic, driven by hand

  /**
   * Reads from the socket, when it is readable, and runs the callbacks. mosquitto_loop_read().
   *
   * @param max_packets exists for compatibility with C and has no effect; 1 by default
   * @returns and throws as loop()
   */
  loop_read(max_packets = 1): number {
    return sink_of(this).returning(driving(this, 'loop_read').loop_read(max_packets));
  }

  /**
   * Writes queued packets to the socket; call it while want_write() is true. Runs the callbacks. mosquitto_loop_write().
   *
   * @param max_packets exists for compatibility with C and has no effect; 1 by default
   * @returns and throws as loop()
   */
  loop_write(max_packets = 1): number {
    return sink_of(this).returning(driving(this, 'loop_write').loop_write(max_packets));
  }

  /**
   * Does work that depends on time, such as pings: call it about once a second. mosquitto_loop_misc().
   *
   * @returns and throws as loop()
   */
  loop_misc(): number {
    return sink_of(this).returning(driving(this, 'loop_misc').loop_misc());
  }

  /** Whether queued packets are to be written. mosquitto_want_write(). */
  want_write(): boolean {
    return sink_of(this).returning(live(this, 'want_write').want_write());
  }

  /** The socket's file descriptor; -1 when not connected. mosquitto_socket(). */
  socket(): number {
    return sink_of(this).returning(live(this, 'socket').socket());
  }

  /**
   * Tells C that several threads use its client. Exists for compatibility with C: in this package the setting is always on.
   * mosquitto_threaded_set().
   *
   * @param threaded true by default, and false changes nothing
   */
  threaded_set(threaded: boolean): number {
    return live(this, 'threaded_set').threaded_set(threaded);
  }

  // ---------------------------------------------------------------- loops and the process

  /** Lets a running loop keep the process alive, which is the default. */
  ref(): this {
    live(this, 'ref').ref();
    return this;
  }

  /** Lets the process end although a loop runs. */
  unref(): this {
    live(this, 'unref').unref();
    return this;
  }
}
