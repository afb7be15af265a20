import { createHash } from 'node:crypto';
import { TEST_APP_SECRET } from '../app/test-secret.js';
import { toEncodings } from '../database/database-dump.js';

export const PASSWORDS = {
  first: 'otters juggle nine lanterns',
  wrong: 'pelicans misplace eleven kettles',
  changed: 'walruses polish twelve trombones',
  reset: 'badgers alphabetise thirty umbrellas',
  given: 'herons rehearse fourteen teapots',
};

/** Collects the secrets of a user: passwords, tokens and codes of six digits. */
export class SecretCollector {
  readonly texts = new Set<string>([TEST_APP_SECRET, ...Object.values(PASSWORDS)]);
  readonly codes = new Set<string>();

  addText<T extends string>(...values: T[]): T {
    for (const value of values) {
      if (!value) throw new Error('The secret is empty.');
      this.texts.add(value);
    }
    return values[0] as T;
  }

  addCode(value: string): string {
    expect(value).toMatch(/^\d{6}$/);
    this.codes.add(value);
    return value;
  }

  /** Adds backup codes with and without their dashes. */
  addBackupCodes(codes: string[]): void {
    expect(codes).toHaveLength(10);
    this.addText(...codes, ...codes.map((code) => code.replaceAll('-', '')));
  }

  /** Adds a JWT or refresh token and its last 43 characters, which contain the signature. */
  addToken(value: string): string {
    this.addText(value, value.slice(-43));
    return value;
  }

  findIn(text: string): string[] {
    const digests = [...this.codes].flatMap((code) =>
      ['sha256', 'sha1', 'md5'].map((name) => createHash(name).update(code).digest('hex')),
    );
    const encodedTexts = [...[...this.texts].flatMap(toEncodings), ...digests];
    const foundCodes = [...this.codes].filter((code) =>
      new RegExp(`(?<![0-9a-f])${code}(?![0-9a-f])`).test(text),
    );
    return [...encodedTexts.filter((word) => text.includes(word)), ...foundCodes];
  }
}
