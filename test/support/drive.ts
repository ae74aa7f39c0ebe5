import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { Mosquitto } from 'libmosquitto';

export const MODES = ['loop', 'event loop', 'thread'] as const;
export type Mode = (typeof MODES)[number];

export interface Drive {
  readonly mode: Mode;
  /** The code of the newest failed loop(); 0 as long as none failed. Always 0 in the other modes. */
  readonly rc: number;
  /** Ends the traffic; rejects with what a callback threw out of loop(). */
  stop(): Promise<void>;
}

/**
 * Moves a client's traffic in one of the three ways. In 'loop' mode a pump calls loop() step by step, so that a test
 * can await; it goes on after a failure, for the test may reconnect.
 */
export function drive<T>(client: Mosquitto<T>, mode: Mode): Drive {
  if (mode === 'loop') return pump(client);
  const rc = client.loop_start({ thread: mode === 'thread' });
  if (rc !== 0) throw new Error(`loop_start() returned ${rc}`);
  return {
    mode,
    rc: 0,
    stop: async () => {
      const code = client.loop_stop();
      if (code !== 0) throw new Error(`loop_stop() returned ${code}`);
    },
  };
}

function pump<T>(client: Mosquitto<T>): Drive {
  const state = { mode: 'loop' as const, rc: 0, stop };
  let going = true;
  const finished = (async () => {
    while (going) {
      // Up to a millisecond in poll(): no busy waiting, and peers on this event loop still get their turn.
      const rc = client.loop(1, 100);
      if (rc === 0) {
        await turn();
      } else {
        state.rc = rc;
        await sleep(1);
      }
    }
  })();
  finished.catch(() => undefined);
  function stop(): Promise<void> {
    going = false;
    return finished;
  }
  return state;
}
