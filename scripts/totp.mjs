// Prints the six digits that an authenticator app shows for a secret (RFC 6238: SHA-1, 30 seconds):
//   node scripts/totp.mjs SECRET [--next]
// `--next` prints the code of the next 30 seconds. Needs only Node.js.
import { createHmac } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const STEP_SECONDS = 30;

/** Returns the number of the current 30-second step. */
export function timeStep() {
  return Math.floor(Date.now() / 1000 / STEP_SECONDS);
}

/** Returns the code of a base32 secret in one step. */
export function totp(secret, step = timeStep()) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const number = digest.readUInt32BE((digest.at(-1) ?? 0) & 0xf) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

function fromBase32(text) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...text]
    .map((character) => alphabet.indexOf(character).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}

const [, started, secret, option] = process.argv;
if (started && realpathSync(started) === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${totp(secret, timeStep() + (option === '--next' ? 1 : 0))}\n`);
}
