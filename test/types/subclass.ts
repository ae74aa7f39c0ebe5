// Checked by tsc, never run: subclasses that define callbacks, as methods or by get and set.

import { Mosquitto, type MosquittoMessage, type Properties } from 'libmosquitto';
import { exactly, used } from './exactly';

interface State {
  count: number;
}

export class Counter extends Mosquitto<State> {
  constructor() {
    super('counter', true, { count: 0 });
    this.on_log = (mosq, _obj, _level, text) => {
      exactly<this>()(mosq, true);
      used.push(text);
    };
  }

  override on_pre_connect(): void {
    exactly<number>()(this.username_pw_set('name'), true);
  }
  override on_connect(mosq: this, obj: State, rc: number, flags: number, properties: Properties | null): void {
    obj.count += rc + flags;
    exactly<number>()(mosq.subscribe('#'), true);
    exactly<State>()(this.userdata(), true);
    used.push(properties);
  }
  override on_disconnect(_mosq: Mosquitto<State>, _obj: State, rc: number): void {
    used.push(rc);
  }
  override on_publish(_mosq: this, _obj: State, mid: number): void {
    used.push(mid);
  }
  override async on_message(_mosq: this, obj: State, msg: MosquittoMessage): Promise<void> {
    await Promise.resolve();
    obj.count += msg.payloadlen;
  }
  override on_subscribe(_mosq: this, _obj: State, _mid: number, qos_list: number[]): void {
    used.push(qos_list);
  }
  override on_unsubscribe(_mosq: this, _obj: State, _mid: number, reason_codes: number[]): void {
    used.push(reason_codes);
  }
  override on_ext_auth(mosq: this, _obj: State, method: string | null, data: Buffer | null): number {
    return mosq.ext_auth_continue(method ?? '', data);
  }
}

/** Without a type argument, and with fewer parameters. */
export class Plain extends Mosquitto {
  override on_connect() {
    this.subscribe('#');
  }
}

export class Further extends Counter {
  override on_connect(mosq: this, obj: State, rc: number, flags: number, properties: Properties | null): void {
    super.on_connect(mosq, obj, rc, flags, properties);
  }
}

/** Assigned callbacks go through the subclass. */
export class Wrapping extends Mosquitto<State> {
  override get on_message() {
    return super.on_message;
  }
  override set on_message(callback) {
    super.on_message = (mosq, obj, msg) => callback(mosq, obj, msg);
  }
}

export class Generic<T> extends Mosquitto<T> {
  constructor(obj: T) {
    super(null, true, obj);
  }
}
exactly<{ a: number }>()(new Generic({ a: 1 }).userdata(), true);

export const clients: Mosquitto[] = [new Counter(), new Plain(), new Further(), new Generic(5)];
export const counters: Mosquitto<State>[] = [new Counter(), new Further(), new Wrapping('id', true, { count: 0 })];
export const taken_off = (client: Mosquitto<State>): void => {
  client.on_message = null;
};
taken_off(new Counter());

export class Wrong extends Mosquitto<State> {
  // @ts-expect-error: rc is a number
  override on_connect(_mosq: this, _obj: State, _rc: string): void {}
  // @ts-expect-error: it has to return a code at once
  override async on_ext_auth(): Promise<number> {
    return 0;
  }
  // @ts-expect-error: there is no such callback
  override on_connected(): void {}
}

// @ts-expect-error: the obj is a State
new (class extends Mosquitto<State> {})('id', true, 'obj');
export const without_obj: Mosquitto<State> = new (class extends Mosquitto<State> {})('id');
