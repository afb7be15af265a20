import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/index.js';
import type { Entropy } from '../kernel/entropy.js';

/** Returns `APP_SECRET`, else the secret in the data folder, which is created once and readable only by its owner. */
export async function resolveAppSecret(config: Config, entropy: Entropy): Promise<string> {
  if (config.appSecret) return config.appSecret;
  await mkdir(config.dataDir, { recursive: true });
  const path = join(config.dataDir, 'app-secret');
  await writeFile(path, `${entropy.token(48)}\n`, { flag: 'wx', mode: 0o600 }).catch(
    (error: { code?: string }) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
  return (await readFile(path, 'utf8')).trim();
}
