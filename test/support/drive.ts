// Drives a client in one of the three drive modes.
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { Mosquitto } from 'libmosquitto';

export const MODES = ['loop', 'event loop', 'thread'] as const;
export type Mode = (typeof MODES)[number];

export interface Drive {
  readonly mode: Mode;
  /** The code of the newest failed loop(); 0 as long as none has failed. Always 0 in the other modes. */
  readonly rc: number;
  /** Stops the loop; rejects with an error that loop() threw. */
  stop(): Promise<void>;
}

/**
 * Drives a client in one of the three ways. In 'loop' mode a timer calls loop() repeatedly, so that a test can await.
 * The calls continue after a failure, because the test may reconnect.
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
      // Up to a millisecond in poll(): the loop is not busy, and peers on this event loop still run.
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
