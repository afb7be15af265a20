// The attacks. `prepare` creates what an attack needs, and returns its load: requests that each of so many connections sends
// in turn. A connection that holds never reads the response.
import { createNotes, registerAccount } from './accounts.mjs';

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

/** Unlikely for zxcvbn: each character stands for several letters. */
const HOSTILE_PASSWORD = '4@8({[<369!1|0$5+7%2'.repeat(2);
const WORDS = Array.from({ length: 32 }, (_, index) => `${index + 10}abcdefgh`);
/** 99 kB in sentences that contain words of the question. */
const MATCHING_TEXT = WORDS.map((word) => `${word} stands in a sentence. `)
  .join('')
  .repeat(120)
  .slice(0, 99_000);
/** 400 kB of UTF-8. */
const LONG_TEXT = '🦓'.repeat(100_000);

const request = (method, path, { token, type = JSON_TYPE, body = '' }) => ({
  text: [
    `${method} ${path} HTTP/1.1`,
    'Host: localhost',
    ...(token ? [`Authorization: Bearer ${token}`] : []),
    ...(body ? [`Content-Type: ${type}`] : []),
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n'),
});

export const ATTACKS = {
  /** 80 log-ins with unknown names. */
  logins: {
    prepare: async () => ({
      connections: 80,
      requests: Array.from({ length: 1000 }, (_, index) =>
        request('POST', '/api/auth/token', {
          type: FORM_TYPE,
          body: `username=nobody-${index}&password=wrong-password`,
        }),
      ),
    }),
  },

  /** 75 accounts with passwords whose strength takes long to measure. */
  passwords: {
    prepare: async (url) => {
      const token = await registerAccount(url, 'attacker');
      const body = (index) =>
        JSON.stringify({ email: `user-${index}@example.com`, password: HOSTILE_PASSWORD });
      const requests = Array.from({ length: 2000 }, (_, index) =>
        request('POST', '/api/v1/users', { token, body: body(index) }),
      );
      return { connections: 75, requests };
    },
  },

  /** 40 questions to the built-in responder about 14 notes of 99 kB. */
  questions: {
    prepare: async (url) => {
      const token = await registerAccount(url, 'attacker');
      await createNotes(url, token, 14, MATCHING_TEXT);
      const body = JSON.stringify({ message: WORDS.join(' '), provider: 'local' });
      return { connections: 40, requests: [request('POST', '/api/ai/generate', { token, body })] };
    },
  },

  /** 25 lists of 100 notes of 400 kB. */
  lists: {
    prepare: async (url) => {
      const token = await registerAccount(url, 'attacker');
      await createNotes(url, token, 100, LONG_TEXT);
      return { connections: 25, requests: [request('GET', '/api/core/notes?limit=100', { token })] };
    },
  },

  /** 40 lists of large notes that the client never reads. */
  unread: {
    prepare: async (url) => {
      const token = await registerAccount(url, 'attacker');
      await createNotes(url, token, 20, LONG_TEXT);
      return {
        connections: 40,
        holds: true,
        requests: [request('GET', '/api/core/notes?limit=100', { token })],
      };
    },
  },

  /** 25 forms of 1 MB. */
  forms: {
    prepare: async () => ({
      connections: 25,
      requests: [request('POST', '/api/auth/token', { type: FORM_TYPE, body: 'a&'.repeat(500_000) })],
    }),
  },
};
