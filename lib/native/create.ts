// Creates the addon's part of a client.

import { binding, type NativeClient } from './binding';
import { MOSQ_ERR_INVAL } from './constants';
import { from_native, MosquittoError } from './errors';

/** Returns true for no id without `clean_session`. Only a client with a fixed id can resume its session. */
export function lacks_id(client_id: string | null, clean_session: boolean): boolean {
  return (client_id === null || client_id === '') && clean_session === false;
}

/** Calls mosquitto_new(). Throws a MosquittoError when that returns NULL. */
export function create(client_id: string | null, clean_session: boolean): NativeClient {
  if (lacks_id(client_id, clean_session)) {
    throw new MosquittoError(MOSQ_ERR_INVAL, 'argument 1 (client_id) is needed when clean_session is false');
  }
  try {
    return new binding.Client(client_id, clean_session);
  } catch (error) {
    throw from_native(error);
  }
}
