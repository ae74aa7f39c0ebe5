// The list of the measured clients, with the command that runs each.

import type { Case } from './cases';
import { descriptorLimit } from './limits';
import { clientScript, program } from './paths';
import type { Command } from './process';

export interface Driver {
  readonly id: string;
  readonly label: string;
  readonly side: 'ours' | 'rival' | 'other' | 'c' | 'c-system';
  /** The reason why the driver cannot run this case; null when it can. */
  lacks(work: Case): string | null;
  command(args: readonly string[]): Command;
}

// A libmosquitto client opens three: the socket, and a socket pair that would wake its thread. (Ours has no pair.)
const C_DESCRIPTORS = 3;

function javascript(id: string, label: string, side: Driver['side'], lacks: Driver['lacks'] = () => null): Driver {
  const command = (args: readonly string[]): Command => ({
    file: process.execPath,
    args: [clientScript, '--driver', id, ...args],
  });
  return { id, label, side, lacks, command };
}

function c(id: string, label: string, side: 'c' | 'c-system', loop: 'thread' | 'poll'): Driver {
  const file = program(side === 'c' ? 'c-client' : 'c-client-system');
  const lacks = (one: Case): string | null => {
    if (one.work === 'stall' || one.work === 'memory') return 'has no JavaScript';
    if (one.work !== 'connections') return null;
    if (loop === 'thread') return 'would take a thread for each connection';
    if (one.connections * C_DESCRIPTORS > descriptorLimit()) return 'takes three descriptors for each connection';
    return null;
  };
  return { id, label, side, lacks, command: (args) => ({ file, args: [...args, '--loop', loop] }) };
}

function u8MqttLacks({ work, qos }: Case): string | null {
  if (qos === 2) return 'has no QoS 2';
  const publishes = work === 'publish' || work === 'exchange' || work === 'latency';
  return publishes && qos === 0 ? 'cannot publish QoS 0: 0.6.7 ends in a TypeError' : null;
}

function oursLoopLacks({ work }: Case): string | null {
  if (work === 'stall') return 'loop() waits in the JavaScript thread by design';
  if (work === 'connections') return 'loop() serves one client at a time';
  return null;
}

export const drivers: readonly Driver[] = [
  javascript('ours-thread', 'libmosquitto, thread', 'ours'),
  javascript('ours-event-loop', 'libmosquitto, event loop', 'ours'),
  javascript('ours-loop', 'libmosquitto, loop()', 'ours', oursLoopLacks),
  javascript('mqtt.js', 'MQTT.js', 'rival'),
  javascript('aws-crt', 'aws-crt', 'rival'),
  javascript('u8-mqtt', 'u8-mqtt', 'other', u8MqttLacks),
  c('c-thread', 'C, loop_start()', 'c', 'thread'),
  c('c-poll', 'C, poll()', 'c', 'poll'),
  c('c-system-thread', "C, system's library, loop_start()", 'c-system', 'thread'),
  c('c-system-poll', "C, system's library, poll()", 'c-system', 'poll'),
];

/** The drivers for words of the command line: an id, or its beginning up to a `-`. */
export function selectDrivers(words: readonly string[], from: readonly Driver[]): Driver[] {
  for (const word of words) {
    if (!drivers.some(({ id }) => names(word, id))) {
      throw new Error(`--drivers '${word}' is none of ${drivers.map(({ id }) => id).join(', ')}`);
    }
  }
  if (words.length === 0) return [...from];
  return drivers.filter(({ id }) => words.some((word) => names(word, id)));
}

function names(word: string, id: string): boolean {
  return id === word || id.startsWith(`${word}-`);
}
