import { pbkdf2Sync, randomBytes } from 'node:crypto';

const ITERATIONS = 101; // the value of mosquitto_passwd

/** A line of mosquitto's password file: PBKDF2 with SHA-512. */
export function passwordFile(username: string, password: string): string {
  const salt = randomBytes(12);
  const hash = pbkdf2Sync(password, salt, ITERATIONS, 64, 'sha512');
  return `${username}:$7$${ITERATIONS}$${salt.toString('base64')}$${hash.toString('base64')}\n`;
}
