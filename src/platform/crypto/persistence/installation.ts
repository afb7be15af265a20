import { createHmac } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { newId } from '@/platform/kernel/ids.js';
import type { KeyRing, RootKey } from '../key-ring.js';

/** `APP_SECRET` is not the secret that the database was created with. */
export class WrongSecretError extends Error {
  constructor() {
    super(
      'APP_SECRET does not belong to this database. Start with the secret it was created with; to replace it, ' +
        'set the new one as APP_SECRET and the old one as APP_SECRET_PREVIOUS.',
    );
  }
}

interface InstallationRow {
  id: string;
  secret_check: Buffer;
}

/** Permanent id of the database. It is the issuer of tokens when `PUBLIC_URL` is not set. */
export class Installation {
  private constructor(readonly id: string) {}

  /** Returns the `iss` claim of tokens. */
  issuer({ publicUrl }: { publicUrl: string | undefined }): string {
    return publicUrl ?? `urn:uuid:${this.id}`;
  }

  /** Creates the row on the first start, and updates it for a rotated secret. Throws a {@link WrongSecretError}. */
  static async open(dataSource: DataSource, keys: KeyRing): Promise<Installation> {
    const insert =
      'INSERT INTO installation (singleton, id, secret_check) VALUES (true, $1, $2) ON CONFLICT DO NOTHING';
    await dataSource.query(insert, [newId(), computeSecretCheck(keys.current)]);
    const [row] = await dataSource.query<InstallationRow[]>('SELECT id, secret_check FROM installation');
    const matchingKey = row && keys.all.find((key) => computeSecretCheck(key).equals(row.secret_check));
    if (!row || !matchingKey) throw new WrongSecretError();
    if (matchingKey !== keys.current) {
      await dataSource.query('UPDATE installation SET secret_check = $1', [computeSecretCheck(keys.current)]);
    }
    return new Installation(row.id);
  }
}

function computeSecretCheck(key: RootKey): Buffer {
  return createHmac('sha256', key.derive('installation-check')).update('xentree').digest();
}
